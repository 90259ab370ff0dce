kimg initrd create --foo
