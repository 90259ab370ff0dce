kimg info missing $SAMPLES/gzip/good-empty
