kimg extract --raw $SAMPLES/bzimage/good-2.15-gzip | gzip -dc 2>/dev/null | wc -c
