kimg
