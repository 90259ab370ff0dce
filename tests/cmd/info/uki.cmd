kimg info $SAMPLES/uki/good-linux-alone
