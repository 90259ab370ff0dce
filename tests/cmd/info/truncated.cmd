kimg info $SAMPLES/dtb/bad-truncated
