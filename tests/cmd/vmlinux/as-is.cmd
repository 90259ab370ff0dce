kimg vmlinux $SAMPLES/elf/good-vmlinux-x86_64 --no-symbols | cmp - $SAMPLES/elf/good-vmlinux-x86_64
