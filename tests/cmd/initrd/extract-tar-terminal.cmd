on-terminal kimg initrd extract --tar $SAMPLES/initrd/good-zstd
