printf "ffffffff81000000 T _text\nffffffffc0000000 t f\t[m]\n" >m; kimg map m
