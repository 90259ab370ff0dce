kimg vmlinux --no-symbols --base=fffffffffffffff0 -o out $SAMPLES/image-arm64/good-efi
