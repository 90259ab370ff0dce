kimg sym --map missing _text
