kimg extract -C parts $SAMPLES/uki/good-full cmdline linux/payload && find parts -type f -printf '%P %s\n' | sort
