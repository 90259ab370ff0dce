mkfifo in; kimg klogd --input in --file out & sleep 0.1; printf '<6>one\n<6>two' >in; wait; cat out
