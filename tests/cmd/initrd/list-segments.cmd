kimg initrd list -s $SAMPLES/initrd/good-padded
