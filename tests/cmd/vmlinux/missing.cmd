kimg vmlinux none -o out
