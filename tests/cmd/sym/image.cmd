kimg sym --image $SAMPLES/bzimage/good-2.15-high _text
