mkdir folder; kimg extract $SAMPLES/uki/good-full uname -o folder; echo "status $?"; ls -A . folder
