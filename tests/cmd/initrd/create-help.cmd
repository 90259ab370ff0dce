kimg initrd create --help
