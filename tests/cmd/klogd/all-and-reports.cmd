kimg klogd --all --reports
