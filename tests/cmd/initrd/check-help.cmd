kimg initrd check --help
