kimg extract $SAMPLES/uki/good-full cmdline
