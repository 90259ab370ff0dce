mkdir folder; kimg identify folder
