kimg completion --help
