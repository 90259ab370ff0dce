kimg initrd list -n $SAMPLES/cpio/bad-checksum
