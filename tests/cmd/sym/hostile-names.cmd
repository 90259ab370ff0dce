printf 'c0100000 T a\033[31m\nc0100010 T b\\c\nc0100020 T d\377\n' >map; kimg sym --map map 'a*' c0100010 'd*' $'x\033[2J'
