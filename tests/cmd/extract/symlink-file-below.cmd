mkdir parts; echo precious >file; ln -s ../file parts/uname; kimg extract $SAMPLES/uki/good-full uname -C parts; echo "status $?"; cat file; ls -F parts
