kimg config --root=. $SAMPLES/cpio/good-newc
