kimg config --root=. $SAMPLES/elf/good-object
