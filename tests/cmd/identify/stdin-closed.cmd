kimg identify - <&-
