: >log; kimg oops --no-search log; echo $?; kimg oops --no-search </dev/null
