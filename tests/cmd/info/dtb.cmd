kimg info $SAMPLES/dtb/good-version-16
