printf 'CONFIG_A="\33[2J"\n' >a; kimg config a
