KIMG_PAGER='sed s/^/paged:/' on-terminal kimg info --no-pager $SAMPLES/gzip/good-empty
