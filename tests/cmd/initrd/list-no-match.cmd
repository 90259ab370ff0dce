kimg initrd list $SAMPLES/initrd/good-xz nothing
