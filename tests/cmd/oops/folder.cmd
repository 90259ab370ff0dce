kimg oops --no-search .
