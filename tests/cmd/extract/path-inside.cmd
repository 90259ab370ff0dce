kimg extract $SAMPLES/uki/good-full linux/payload/vmlinux | kimg identify -
