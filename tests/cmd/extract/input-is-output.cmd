cp $SAMPLES/uki/good-full file; kimg extract file cmdline -o file; echo "status $?"; cmp file $SAMPLES/uki/good-full
