kimg map $SAMPLES/elf/good-vmlinux-x86_64
