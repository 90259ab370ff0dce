mkdir -p lib/modules/6.1.0-tiny; echo CONFIG_BELOW=y >lib/modules/6.1.0-tiny/config; kimg config --root=. --get BELOW $SAMPLES/gzip/good-image-arm64
