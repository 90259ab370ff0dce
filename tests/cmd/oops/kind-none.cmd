kimg oops --no-search --kind=kasan $SAMPLES/oops/x86_64-6.12-null.log
