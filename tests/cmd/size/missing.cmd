kimg size missing
