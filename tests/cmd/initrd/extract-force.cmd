mkdir out; echo old >out/init; kimg initrd extract -f -C out $SAMPLES/cpio/good-newc && tail -n 1 out/init
