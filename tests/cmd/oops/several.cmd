printf "one\n" >a; printf "two" >b; kimg oops --no-search a b
