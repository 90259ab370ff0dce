echo old >out; kimg extract $SAMPLES/uki/good-full uname -o out; echo "status $?"; cat out
