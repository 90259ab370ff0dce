kimg config --get NO_SUCH_OPTION $SAMPLES/bzimage/good-2.15-xz
