kimg sym --module $SAMPLES/elf/good-module-x86_64 work work.cold+0x4 sample:table _printk maybe "[0-9]"
