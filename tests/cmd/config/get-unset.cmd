printf '# CONFIG_A is not set\n' >a; kimg config --get A a
