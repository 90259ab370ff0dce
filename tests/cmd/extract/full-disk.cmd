kimg extract $SAMPLES/uki/good-full uname >/dev/full
