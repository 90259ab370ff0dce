kimg extract $SAMPLES/cpio/good-newc
