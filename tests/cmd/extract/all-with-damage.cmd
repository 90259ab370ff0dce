kimg extract --all -C parts $SAMPLES/uimage/bad-size; echo "status $?"; find parts | sort
