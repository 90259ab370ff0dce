kimg initrd list $SAMPLES/initrd/good-packed-twice
