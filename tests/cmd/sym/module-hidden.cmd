mkdir s; echo 0x0 >s/.text; kimg sym --module $SAMPLES/elf/good-module-x86_64 --sections s work
