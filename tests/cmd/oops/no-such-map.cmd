kimg oops --map=nothing $SAMPLES/oops/x86_64-6.12-null.log
