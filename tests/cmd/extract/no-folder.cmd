kimg extract $SAMPLES/uki/good-full uname -o missing/out; echo "status $?"; ls
