kimg info $SAMPLES/fit/good-lzma
