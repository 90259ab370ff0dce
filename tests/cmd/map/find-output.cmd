kimg map --find -o out
