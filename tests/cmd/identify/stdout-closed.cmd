kimg identify $SAMPLES/dtb/good-tiny >&-
