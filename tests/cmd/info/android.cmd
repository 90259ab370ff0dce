kimg info $SAMPLES/android/good-boot-v3-no-ramdisk
