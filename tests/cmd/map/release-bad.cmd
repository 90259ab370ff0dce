kimg map --release=new $SAMPLES/elf/good-vmlinux-x86_64
