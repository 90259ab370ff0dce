cp $SAMPLES/elf/good-vmlinux-x86_64 in; kimg map in -o in; cmp in $SAMPLES/elf/good-vmlinux-x86_64
