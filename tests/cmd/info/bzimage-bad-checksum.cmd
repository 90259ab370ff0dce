kimg info --deep $SAMPLES/bzimage/bad-checksum
