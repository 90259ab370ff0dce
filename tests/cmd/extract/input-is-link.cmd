cp $SAMPLES/uki/good-full file; ln file cmdline; kimg extract -C . file cmdline; echo "status $?"; cmp file $SAMPLES/uki/good-full
