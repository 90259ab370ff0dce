kimg initrd check --root x,speed=9 --kernel 6.99.0-made --sysroot . $SAMPLES/cpio/good-newc
