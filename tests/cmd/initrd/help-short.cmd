kimg initrd -h
