kimg extract $SAMPLES/uki/good-full uname -o /dev/full
