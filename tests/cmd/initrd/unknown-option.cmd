kimg initrd --frobnicate
