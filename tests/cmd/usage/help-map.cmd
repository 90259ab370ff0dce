kimg map --help
