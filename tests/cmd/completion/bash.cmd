kimg completion bash | bash -n && kimg completion bash | grep -c .
