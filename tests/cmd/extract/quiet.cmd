kimg extract -q $SAMPLES/uki/good-full nothing
