kimg klogd --input /dev/null --file missing/log
