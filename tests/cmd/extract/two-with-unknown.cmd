kimg extract -C parts $SAMPLES/uki/good-full cmdline nothing; echo "status $?"; find parts -type f -printf '%P %s\n' | sort
