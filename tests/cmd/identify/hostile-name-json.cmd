cp $SAMPLES/dtb/good-tiny $'a\e[2Jb\nc\xff"'; kimg identify --json=short $'a\e[2Jb\nc\xff"'
