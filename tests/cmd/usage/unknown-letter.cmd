kimg identify -x file
