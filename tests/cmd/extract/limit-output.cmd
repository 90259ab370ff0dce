kimg extract --max-output=1K $SAMPLES/bzimage/good-2.15-gzip
