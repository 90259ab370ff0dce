cp $SAMPLES/dtb/good-tiny -- -file; kimg identify -- -file
