kimg identify --title $SAMPLES/gzip/good-image-arm64 $SAMPLES/bzimage/good-2.15-gzip
