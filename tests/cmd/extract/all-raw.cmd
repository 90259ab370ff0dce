kimg extract --all --raw -C parts $SAMPLES/uki/good-full && find parts -type f -printf '%P %s\n' | sort
