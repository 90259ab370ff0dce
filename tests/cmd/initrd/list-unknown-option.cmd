kimg initrd list --frobnicate $SAMPLES/initrd/good-xz
