kimg initrd list --names $SAMPLES/initrd/good-xz
