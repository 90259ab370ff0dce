cat $SAMPLES/zboot/good-xz | kimg identify -
