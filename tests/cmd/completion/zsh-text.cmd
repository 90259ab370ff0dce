kimg completion zsh | head -n 5
