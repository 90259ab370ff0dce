kimg initrd list --json=lines $SAMPLES/cpio/good-link
