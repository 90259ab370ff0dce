on-terminal kimg extract $SAMPLES/uki/good-full uname
