kimg initrd list $SAMPLES/cpio/good-odd-names
