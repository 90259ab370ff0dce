kimg identify missing
