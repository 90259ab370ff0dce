kimg initrd
