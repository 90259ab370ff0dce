kimg size -q -s totals,sections $SAMPLES/elf/good-vmlinux-x86_64
