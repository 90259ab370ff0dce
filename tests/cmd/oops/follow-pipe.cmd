printf "a\nb" | kimg oops --no-search --follow -
