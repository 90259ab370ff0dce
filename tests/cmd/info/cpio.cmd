kimg info $SAMPLES/cpio/good-packed-lzma
