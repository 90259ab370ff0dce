kimg initrd list --help
