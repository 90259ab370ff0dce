kimg completion bash >/dev/full
