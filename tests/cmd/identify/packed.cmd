kimg identify $SAMPLES/gzip/good-image-arm64
