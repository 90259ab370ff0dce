kimg initrd check $SAMPLES/cpio/bad-magic
