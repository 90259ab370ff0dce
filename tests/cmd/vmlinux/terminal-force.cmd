on-terminal kimg vmlinux -f --no-symbols $SAMPLES/elf/good-vmlinux-x86_64 | head -c 4 | od -An -c
