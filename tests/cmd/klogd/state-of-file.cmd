kimg klogd --input log --state position
