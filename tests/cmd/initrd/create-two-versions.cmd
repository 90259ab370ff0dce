kimg initrd create 1 2
