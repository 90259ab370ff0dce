kimg info --verbose $SAMPLES/zimage-arm/good-lzma
