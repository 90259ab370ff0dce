kimg initrd extract -C out $SAMPLES/cpio/good-climbing; find . | sort
