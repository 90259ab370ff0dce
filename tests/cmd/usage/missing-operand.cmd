kimg identify
