kimg info --deep=yes file
