kimg vmlinux -v --no-symbols -o out $SAMPLES/elf/good-vmlinux-x86_64; kimg vmlinux -o out2 $SAMPLES/elf/good-vmlinux-x86_64; ls
