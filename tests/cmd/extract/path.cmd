kimg extract $SAMPLES/uki/good-full linux/payload | wc -c
