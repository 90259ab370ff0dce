kimg extract --list $SAMPLES/uki/good-full
