kimg map --kaslr-offset=0x1000000 $SAMPLES/elf/good-vmlinux-x86_64
