kimg extract --raw $SAMPLES/bzimage/good-2.15-gzip payload | wc -c
