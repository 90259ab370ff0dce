kimg map $SAMPLES/elf/good-vmlinux-m68k
