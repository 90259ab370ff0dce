kimg vmlinux --no-symbols --kaslr-offset=0x1000000 -v -o out $SAMPLES/elf/good-vmlinux-x86_64
