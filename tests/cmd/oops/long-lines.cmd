x() { head -c 3000000 /dev/zero | tr "\0" x; }; { x; printf "\nBUG: unable to handle page fault for address: 0\n"; x; } | kimg oops --no-search | cut -c 1-30
