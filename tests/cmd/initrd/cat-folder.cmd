kimg initrd cat $SAMPLES/initrd/good-zstd etc
