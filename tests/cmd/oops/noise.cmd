head -c 300000 /dev/zero | tr "\\0" "\\377" >log; kimg oops --no-search log | wc -c
