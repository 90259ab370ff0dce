echo nothing in particular >file; kimg extract file
