kimg info $SAMPLES/gzip/good-empty
