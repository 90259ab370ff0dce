printf "one\n" >a; kimg oops --no-search --json=lines a b
