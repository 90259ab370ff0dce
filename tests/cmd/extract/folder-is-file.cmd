: >file; kimg extract $SAMPLES/uki/good-full uname -C file; echo "status $?"; ls
