kimg completion bash zsh
