mkdir f && kimg initrd create -o i --final f
