kimg oops --no-search --number=9 $SAMPLES/oops/x86_64-6.12-null.log
