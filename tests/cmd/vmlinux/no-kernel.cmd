kimg vmlinux $SAMPLES/cpio/good-newc -o out
