kimg info --deep $SAMPLES/bzimage/good-2.15-gzip
