kimg map --check --kernel=a b
