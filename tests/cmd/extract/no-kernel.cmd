kimg extract $SAMPLES/uimage/good-script
