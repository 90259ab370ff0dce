kimg extract $SAMPLES/bzimage/bad-stream -o out; echo "status $?"; ls
