kimg oops --no-search --kind=null-pointer $SAMPLES/oops/x86_64-6.12-warn-null-bug-gp.log | grep -v "^ *|" | head -n 3
