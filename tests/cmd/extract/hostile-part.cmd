kimg extract $SAMPLES/uki/good-full $'a\e[2Jb\nc'
