kimg klogd --queue 5
