kimg map a b
