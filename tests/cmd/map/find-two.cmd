kimg map --find 2.2.14 2.2.15
