kimg info $SAMPLES/uimage/good-script
