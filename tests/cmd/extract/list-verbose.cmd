kimg extract --list --verbose $SAMPLES/dtb/good-tiny
