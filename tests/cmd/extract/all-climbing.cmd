mkdir below; kimg extract --all -C below/parts $SAMPLES/cpio/good-climbing; echo "status $?"; find . | sort
