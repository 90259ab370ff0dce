mkfifo fifo; cat fifo & kimg extract $SAMPLES/uki/good-full uname -o fifo; echo "status $?"; wait; ls -F
