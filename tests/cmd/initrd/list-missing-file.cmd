kimg initrd list nothing
