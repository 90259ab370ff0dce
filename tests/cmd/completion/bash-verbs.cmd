source <(kimg completion bash); COMP_WORDS=(kimg i) COMP_CWORD=1; _kimg; printf '%s\n' "${COMPREPLY[@]}"
