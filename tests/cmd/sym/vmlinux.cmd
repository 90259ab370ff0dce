kimg sym --vmlinux $SAMPLES/elf/good-vmlinux-x86_64 "*"
