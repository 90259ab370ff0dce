kimg initrd check $SAMPLES/cpio/good-newc
