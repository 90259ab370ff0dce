kimg klogd --input missing --file -
