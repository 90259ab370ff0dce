kimg --help >/dev/full
