kimg extract - <$SAMPLES/bzimage/good-2.15-gzip | kimg identify -
