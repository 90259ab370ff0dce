kimg info --deep $SAMPLES/uimage/bad-data-checksum
