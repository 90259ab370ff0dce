kimg info --deep --max-output=1K $SAMPLES/gzip/good-text
