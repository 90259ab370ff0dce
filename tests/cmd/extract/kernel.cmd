kimg extract $SAMPLES/bzimage/good-2.15-gzip >vmlinux && kimg identify vmlinux && sha256sum <vmlinux
