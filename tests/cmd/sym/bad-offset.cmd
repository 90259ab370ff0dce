kimg sym --kaslr-offset 12xy _text
