kimg extract $SAMPLES/uki/good-full uname -C missing/folder; echo "status $?"; ls
