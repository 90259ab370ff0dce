printf 'CONFIG_A=y\n' >a; kimg config a a
