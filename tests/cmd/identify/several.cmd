kimg identify $SAMPLES/uki/good-linux-alone $SAMPLES/xz/good-check-none $SAMPLES/cpio/good-newc
