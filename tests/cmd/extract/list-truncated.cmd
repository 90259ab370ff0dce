kimg extract --list $SAMPLES/uimage/bad-size
