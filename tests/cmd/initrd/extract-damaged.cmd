kimg initrd extract -C out $SAMPLES/initrd/bad-second-truncated; find out | sort
