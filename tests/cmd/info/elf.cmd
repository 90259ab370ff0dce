kimg info --verbose $SAMPLES/elf/good-vmlinux-i386
