mkdir boot; cp $SAMPLES/gzip/good-image-arm64 boot/vmlinux; echo CONFIG_BESIDE=y >boot/config-6.1.0-tiny; kimg config --root=. --get BESIDE boot/vmlinux
