echo CONFIG_X86=y >config; kimg sym --map config _text
