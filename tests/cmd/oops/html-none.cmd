kimg oops --html=- </dev/null | grep -c "There is no report"
