printf 'CONFIG_A=y\nCONFIG_B=m\nCONFIG_C=1\n' >a; printf 'CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_D="x"\n' >b; kimg config --merge a b
