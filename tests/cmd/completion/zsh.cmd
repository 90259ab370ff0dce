kimg completion zsh >_kimg; command -v zsh >/dev/null || { echo "no zsh" >&2; exit 77; }; zsh -n _kimg
