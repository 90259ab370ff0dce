mkfifo fifo; cat $SAMPLES/dtb/good-tiny >fifo & kimg identify fifo
