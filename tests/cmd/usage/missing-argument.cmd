kimg extract file -o
