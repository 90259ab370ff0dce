kimg initrd list $SAMPLES/initrd/bad-second-truncated
