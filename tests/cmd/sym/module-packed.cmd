for c in gzip xz zstd; do $c -c $SAMPLES/elf/good-module-arm >module.$c; kimg sym --module module.$c exported; done
