on-terminal kimg extract --force $SAMPLES/uki/good-full uname
