kimg initrd extract --tar -o t $SAMPLES/initrd/good-zstd etc && tar -tf t
