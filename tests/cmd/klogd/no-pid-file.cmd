kimg klogd -I --pid-file=pid
