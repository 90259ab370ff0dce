kimg identify $SAMPLES/bzimage/good-2.15-zstd
