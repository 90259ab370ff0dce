kimg extract $SAMPLES/uimage/bad-data-checksum -o kernel; echo "status $?"; ls kernel
