kimg map no-such-file
