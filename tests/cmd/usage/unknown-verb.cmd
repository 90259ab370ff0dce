kimg explain
