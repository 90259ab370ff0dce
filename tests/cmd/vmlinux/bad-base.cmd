kimg vmlinux --base=x -o out $SAMPLES/elf/good-vmlinux-mips
