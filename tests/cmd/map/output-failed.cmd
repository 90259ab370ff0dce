kimg map $SAMPLES/README.md -o System.map; echo $?; ls
