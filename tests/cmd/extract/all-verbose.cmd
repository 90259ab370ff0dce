kimg extract --all --verbose -C parts $SAMPLES/dtb/good-tiny && find parts -type f -printf '%P %s\n' | sort
