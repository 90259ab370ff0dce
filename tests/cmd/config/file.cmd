printf 'CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_C="x y"\n' >a; kimg config a
