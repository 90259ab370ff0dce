kimg map --json=short $SAMPLES/elf/good-vmlinux-arm
