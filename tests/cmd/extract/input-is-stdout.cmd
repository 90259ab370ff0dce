cp $SAMPLES/uki/good-full file; kimg extract file cmdline 1<>file; echo "status $?"; cmp file $SAMPLES/uki/good-full
