kimg klogd --console-level 9
