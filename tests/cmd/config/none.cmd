kimg config --root=. $SAMPLES/gzip/good-image-arm64
