kimg oops --no-search nothing
