kimg map --json -o x $SAMPLES/elf/good-vmlinux-x86_64
