kimg sym --map a --image b _text
