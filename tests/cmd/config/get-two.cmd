kimg config --get A a b
