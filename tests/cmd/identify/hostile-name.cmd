cp $SAMPLES/dtb/good-tiny $'a\e[2Jb\nc'; kimg identify $'a\e[2Jb\nc' $'not\e[2Jhere'
