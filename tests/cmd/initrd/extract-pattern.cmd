kimg initrd extract -C out $SAMPLES/initrd/good-zstd 'etc/*' && find out -type f
