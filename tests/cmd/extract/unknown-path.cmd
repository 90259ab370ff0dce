kimg extract $SAMPLES/uki/good-full linux/nothing
