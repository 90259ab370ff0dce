kimg initrd frobnicate
