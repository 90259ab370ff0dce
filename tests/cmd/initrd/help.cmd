kimg initrd --help
