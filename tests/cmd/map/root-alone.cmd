kimg map --root=root
