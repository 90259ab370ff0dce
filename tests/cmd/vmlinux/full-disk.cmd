kimg vmlinux --no-symbols $SAMPLES/elf/good-vmlinux-x86_64 > /dev/full
