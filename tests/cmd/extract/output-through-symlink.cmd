echo old >target; ln -s target out; kimg extract $SAMPLES/uki/good-full uname -o out; echo "status $?"; cat target; ls -F
