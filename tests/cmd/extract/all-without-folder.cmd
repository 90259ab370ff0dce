kimg extract --all $SAMPLES/uki/good-full
