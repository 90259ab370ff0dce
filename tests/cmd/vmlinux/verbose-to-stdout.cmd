kimg vmlinux --no-symbols -v $SAMPLES/elf/good-vmlinux-mips
