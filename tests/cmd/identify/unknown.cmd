echo nothing in particular >file; kimg identify file
