kimg initrd list -n $SAMPLES/initrd/good-xz ./kernel/x86 '/etc/h?stname' 'i*t'
