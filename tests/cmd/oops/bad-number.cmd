kimg oops --number=0 log
