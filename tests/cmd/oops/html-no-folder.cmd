printf "BUG: unable to handle page fault for address: 0\n" >log; kimg oops --no-search --html=a/b log
