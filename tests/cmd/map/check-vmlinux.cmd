kimg map $SAMPLES/elf/good-vmlinux-x86_64 >map; kimg map --check map $SAMPLES/elf/good-vmlinux-x86_64
