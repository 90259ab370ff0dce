echo nothing in particular >file; kimg info file
