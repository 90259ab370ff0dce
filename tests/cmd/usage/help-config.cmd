kimg config --help
