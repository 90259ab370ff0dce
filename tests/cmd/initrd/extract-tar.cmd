kimg initrd extract --tar $SAMPLES/initrd/good-zstd | TZ=UTC tar -tvf -
