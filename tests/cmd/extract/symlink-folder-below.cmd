mkdir parts away; ln -s ../away parts/linux.d; kimg extract $SAMPLES/uki/good-full linux/payload -C parts; echo "status $?"; find parts away | sort
