kimg completion bash | bash -n && kimg completion bash | head -n 1
