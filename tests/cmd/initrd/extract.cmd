kimg initrd extract -v -C out $SAMPLES/initrd/good-zstd && cd out && find . -mindepth 1 \( -type d -printf '%y %m %T@ %p\n' -o -printf '%y %m %s %T@ %p %l\n' \) | sort
