kimg oops --debuginfod log
