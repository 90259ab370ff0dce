kimg oops --kind=ooops log
