kimg identify -q missing
