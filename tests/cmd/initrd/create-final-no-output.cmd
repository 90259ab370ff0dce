mkdir f && kimg initrd create --final f
