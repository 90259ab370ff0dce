kimg initrd list -n - <$SAMPLES/initrd/good-gzip
