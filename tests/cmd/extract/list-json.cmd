kimg extract --list --json=short $SAMPLES/uimage/good-script
