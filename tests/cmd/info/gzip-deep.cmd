kimg info --deep $SAMPLES/gzip/good-empty
