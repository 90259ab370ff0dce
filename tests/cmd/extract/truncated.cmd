kimg extract $SAMPLES/uimage/bad-size -o out; echo "status $?"; ls
