kimg -h | head -n 1
