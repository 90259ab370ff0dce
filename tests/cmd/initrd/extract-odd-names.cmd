kimg initrd extract -C out $SAMPLES/cpio/good-odd-names; ls out | cat -A
