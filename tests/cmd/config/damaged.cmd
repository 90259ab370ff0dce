kimg config $SAMPLES/elf/bad-config
