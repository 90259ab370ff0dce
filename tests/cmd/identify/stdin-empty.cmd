kimg identify -
