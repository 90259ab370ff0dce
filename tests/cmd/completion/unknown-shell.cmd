kimg completion tcsh
