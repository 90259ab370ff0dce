printf "\033[2Ja\000b\377\n\342\200\256x\r\r\n\b\nBUG: unable to handle page fault for address: 00\033]0;t\007\n" >log; kimg oops --no-search log
