kimg info $SAMPLES/bzimage/good-2.00-high
