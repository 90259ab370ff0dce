kimg klogd --input . --file -
