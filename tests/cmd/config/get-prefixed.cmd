printf 'CONFIG_A="a b"\nCONFIG_B=y\n' >a; kimg config --get CONFIG_A a
