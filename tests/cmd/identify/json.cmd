kimg identify --json $SAMPLES/dtb/good-tiny missing
