kimg extract $SAMPLES/uki/good-full -o out -C parts
