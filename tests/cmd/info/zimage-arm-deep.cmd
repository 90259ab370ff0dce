kimg info --deep $SAMPLES/zimage-arm/good-lzma
