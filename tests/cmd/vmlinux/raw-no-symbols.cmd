kimg vmlinux --no-symbols --base=ffff800080000000 -v -o out $SAMPLES/image-arm64/good-efi && kimg identify out
