kimg initrd extract -C out $SAMPLES/initrd/good-zstd nothing
