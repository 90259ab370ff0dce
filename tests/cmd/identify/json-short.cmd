kimg identify --json=short $SAMPLES/dtb/good-tiny $SAMPLES/gzip/good-text
