def check(bench, outcome, tally):
    pass
