printf 'CONFIG_A=y\nCONFIG_B=m\n' >a; printf 'CONFIG_A=y\n' >b; kimg config --json=short a b
