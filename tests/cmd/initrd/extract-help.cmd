kimg initrd extract --help
