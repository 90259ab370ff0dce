kimg info --deep --max-depth=4 $SAMPLES/gzip/bad-nested
