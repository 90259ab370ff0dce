kimg initrd list
