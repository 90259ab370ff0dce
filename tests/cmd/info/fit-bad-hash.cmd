kimg info --deep $SAMPLES/fit/bad-hash
