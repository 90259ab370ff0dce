kimg map --check
