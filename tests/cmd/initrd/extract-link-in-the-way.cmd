mkdir out; ln -s / out/etc; kimg initrd extract -f -C out $SAMPLES/cpio/good-newc
