kimg identify --json=lines $SAMPLES/dtb/good-tiny $SAMPLES/gzip/good-text
