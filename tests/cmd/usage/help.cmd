kimg --help
