kimg identify --json=long $SAMPLES/dtb/good-tiny
