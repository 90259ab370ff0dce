: >empty; kimg identify empty
