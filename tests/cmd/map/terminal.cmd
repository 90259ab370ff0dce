printf "c0100000 T _text\nc0100010 t a\033[1mb\n" >m; on-terminal kimg map --no-pager --color=never m
