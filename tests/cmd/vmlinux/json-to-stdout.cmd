kimg vmlinux --no-symbols --json $SAMPLES/elf/good-vmlinux-mips
