kimg initrd check
