kimg identify --deep file
