KIMG_PAGER='sed s/^/paged:/' on-terminal kimg info $SAMPLES/gzip/good-empty
