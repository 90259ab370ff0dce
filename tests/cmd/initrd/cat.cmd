kimg initrd cat $SAMPLES/initrd/good-zstd /linuxrc ./etc/hostname | tail -n 2
