kimg oops --no-search --json -
