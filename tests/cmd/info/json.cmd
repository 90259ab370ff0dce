kimg info --json $SAMPLES/gzip/good-empty
