kimg oops --no-search $SAMPLES/oops/arm64-null.log | grep -F ' | + '
