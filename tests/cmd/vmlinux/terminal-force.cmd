on-terminal kimg vmlinux -f --no-symbols $SAMPLES/elf/good-vmlinux-x86_64 | od -An -c -w4 | sed -n 1p
