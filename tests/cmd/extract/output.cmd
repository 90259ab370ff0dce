kimg extract $SAMPLES/bzimage/good-2.15-gzip -o vmlinux && kimg identify vmlinux && stat -c %a:%s vmlinux && ls
