on-terminal kimg initrd cat $SAMPLES/initrd/good-zstd kernel/x86/microcode/GenuineIntel.bin
