kimg info --deep $SAMPLES/cpio/good-odd-names
