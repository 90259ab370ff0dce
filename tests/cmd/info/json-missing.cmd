kimg info --json missing
