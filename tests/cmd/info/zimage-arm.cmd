kimg info $SAMPLES/zimage-arm/good-lzma
