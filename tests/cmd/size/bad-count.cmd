kimg size -n x x
