kimg klogd --format short
