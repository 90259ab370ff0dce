kimg identify --color=always $SAMPLES/dtb/good-tiny | cat -v
