mkdir out; echo old >out/init; kimg initrd extract -C out $SAMPLES/cpio/good-newc
