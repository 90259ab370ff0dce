kimg info --help
