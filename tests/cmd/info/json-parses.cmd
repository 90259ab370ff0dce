kimg info --deep --json $SAMPLES/*/* 2>said | python3 -c 'import json, sys; print(json.load(sys.stdin)["schema"])'; grep -E 'Sanitizer|runtime error' said >&2; true
