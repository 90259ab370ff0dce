kimg identify $SAMPLES/cpio/good-newc missing $SAMPLES/dtb/good-tiny
