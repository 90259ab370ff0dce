for name in arm64-null armhf-null i386-null x86_64-6.1-multi x86_64-6.12-multi; do printf "%s " $name; kimg oops --no-search --json $SAMPLES/oops/$name.log | grep -o "\"frames\"" | wc -l; done
