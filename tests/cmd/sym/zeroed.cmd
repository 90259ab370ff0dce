printf '0000000000000000 T _text\n0000000000000000 t f\t[m]\n' >kallsyms; kimg sym --map kallsyms _text
