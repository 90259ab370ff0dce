kimg size -s symbols,nonsense x
