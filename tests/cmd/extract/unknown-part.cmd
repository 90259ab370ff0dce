kimg extract $SAMPLES/uki/good-full nothing
