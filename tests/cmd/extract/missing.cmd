kimg extract missing
