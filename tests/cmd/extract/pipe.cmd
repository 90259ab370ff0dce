cat $SAMPLES/bzimage/good-2.15-gzip | kimg extract - payload | wc -c
