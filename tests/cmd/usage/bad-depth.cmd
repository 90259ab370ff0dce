kimg info --max-depth=65 file
