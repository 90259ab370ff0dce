kimg extract $SAMPLES/uki/good-full code | wc -c
