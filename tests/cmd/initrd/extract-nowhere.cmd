kimg initrd extract $SAMPLES/initrd/good-zstd
