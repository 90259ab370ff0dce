cp $SAMPLES/uimage/good-script file; printf 'a\33[2Jb\377\r\nc' | dd of=file bs=1 seek=32 conv=notrunc status=none; kimg info file
