mkfifo fifo; cat fifo >got & kimg extract $SAMPLES/uki/good-full uname -o fifo; echo "status $?"; wait; cat got; echo; ls -F fifo
