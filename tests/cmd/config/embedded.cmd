kimg config $SAMPLES/elf/good-vmlinux-x86_64
