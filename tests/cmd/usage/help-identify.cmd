kimg identify --help
