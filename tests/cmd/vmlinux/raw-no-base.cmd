kimg vmlinux --no-symbols -o out $SAMPLES/image-arm64/good-efi; ls
