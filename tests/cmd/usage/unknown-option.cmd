kimg --verbose
