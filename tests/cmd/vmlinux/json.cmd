kimg vmlinux --no-symbols --json=short -o out $SAMPLES/elf/good-vmlinux-mips
