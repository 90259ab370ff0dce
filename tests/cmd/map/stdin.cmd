kimg map - <$SAMPLES/elf/good-vmlinux-ppc64
