kimg map $SAMPLES/elf/good-vmlinux-x86_64 -o System.map && ls && cat System.map
