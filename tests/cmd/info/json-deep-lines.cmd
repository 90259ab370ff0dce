kimg info --deep --json=lines $SAMPLES/gzip/good-empty $SAMPLES/uimage/good-script
