printf "c0100010 t b\nc0100000 T _text\n" >m; kimg map m
