kimg oops --no-search --number=2 --titles $SAMPLES/oops/x86_64-6.12-warn-null-bug-gp.log
