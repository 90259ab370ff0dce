kimg extract --help
