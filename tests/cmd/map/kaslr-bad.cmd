kimg map --kaslr-offset=1M $SAMPLES/elf/good-vmlinux-x86_64
