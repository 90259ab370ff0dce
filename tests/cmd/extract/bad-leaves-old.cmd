echo old >out; kimg extract $SAMPLES/bzimage/bad-stream -o out; echo "status $?"; cat out
