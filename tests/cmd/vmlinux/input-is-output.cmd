cp $SAMPLES/elf/good-vmlinux-x86_64 in; kimg vmlinux in --no-symbols -o in; cmp in $SAMPLES/elf/good-vmlinux-x86_64
