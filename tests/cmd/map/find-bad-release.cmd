kimg map --find ../2.2.14
