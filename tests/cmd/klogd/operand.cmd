kimg klogd log
