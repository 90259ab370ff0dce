kimg config --get IKCONFIG $SAMPLES/bzimage/good-2.15-xz
