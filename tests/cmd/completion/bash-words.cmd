source <(kimg completion bash); COMP_WORDS=(kimg info --color '=' al) COMP_CWORD=4; _kimg 2>/dev/null; printf '%s\n' "${COMPREPLY[@]}"
