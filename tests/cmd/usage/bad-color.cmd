kimg info --color=blue file
