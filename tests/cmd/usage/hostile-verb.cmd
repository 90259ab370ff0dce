kimg $'a\e[2Jb\nc'
