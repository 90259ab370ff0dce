kimg info --max-output=much file
