kimg map --base=x $SAMPLES/elf/good-vmlinux-x86_64
