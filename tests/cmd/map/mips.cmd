kimg map $SAMPLES/elf/good-vmlinux-mips
