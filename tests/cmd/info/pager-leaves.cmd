KIMG_PAGER=true on-terminal kimg info $SAMPLES/uki/good-full
