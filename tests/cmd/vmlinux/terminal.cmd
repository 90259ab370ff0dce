on-terminal kimg vmlinux $SAMPLES/elf/good-vmlinux-x86_64
