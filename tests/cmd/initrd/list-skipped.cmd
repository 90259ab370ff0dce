kimg initrd list $SAMPLES/cpio/bad-name-size-0
