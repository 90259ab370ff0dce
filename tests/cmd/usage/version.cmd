kimg --version
