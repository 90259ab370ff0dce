kimg completion fish | grep 'identify.*-l title'
