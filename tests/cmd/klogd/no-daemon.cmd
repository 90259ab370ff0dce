: >pid; kimg klogd -i --pid-file=pid
