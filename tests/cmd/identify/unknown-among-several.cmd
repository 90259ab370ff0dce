echo nothing in particular >file; kimg identify $SAMPLES/cpio/good-newc file $SAMPLES/dtb/good-tiny
