printf "[    0.000000] Linux version 6.1.0\n[    0.000000] a\tb\\\\c \303\251\n" >log; kimg oops --no-search log
