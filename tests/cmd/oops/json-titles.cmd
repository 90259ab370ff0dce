kimg oops --titles --json -
