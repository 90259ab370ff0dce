kimg initrd cat --help
