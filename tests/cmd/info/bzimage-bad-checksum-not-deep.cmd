kimg info $SAMPLES/bzimage/bad-checksum
