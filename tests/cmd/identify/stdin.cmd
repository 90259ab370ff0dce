kimg identify - <$SAMPLES/zboot/good-xz
