kimg config --quiet $SAMPLES/bzimage/good-2.15-xz | head -n 3
