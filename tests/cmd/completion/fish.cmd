kimg completion fish >kimg.fish; command -v fish >/dev/null || { echo "no fish" >&2; exit 77; }; fish -n kimg.fish
