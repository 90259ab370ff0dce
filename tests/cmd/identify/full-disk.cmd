kimg identify $SAMPLES/dtb/good-tiny >/dev/full
