kimg extract $SAMPLES/android/good-boot-v2 structure
