# SPDX-License-Identifier: GPL-2.0-or-later
"""kimg sym in the guest, against the kernel's own kallsyms."""

import json

from checks import differs


def kallsyms(text: str) -> dict[str, set[int]]:
    """The addresses of each name."""
    found: dict[str, set[int]] = {}
    for line in text.splitlines():
        address, _, name = line.split()[:3]
        found.setdefault(name, set()).add(int(address, 16))
    return found


def check(_bench, outcome, tally):
    label = "sym --live"
    truth = kallsyms(outcome.text("sym/kallsyms"))
    queries = outcome.text("sym/queries").split()
    answers = [json.loads(line) for line in outcome.text("sym/places.json").splitlines()]
    problem = differs(["0"], outcome.text("sym/status").split())
    tally.check(label, "exit status", problem or differs(queries, [row["query"] for row in answers]))
    if problem is not None:
        return
    for answer in answers:
        name = answer["query"].split("+")[0]
        expected = {address + 3 for address in truth[name]}
        got = {int(match["address"], 16) for match in answer["matches"]}
        tally.check(label, name, differs(sorted(map(hex, expected)), sorted(map(hex, got))))
        if any(match["module"] for match in answer["matches"]):
            files = {place["file"] for match in answer["matches"] for place in match["source"]}
            wrong = not files or not all(file.endswith("/kimg_crash.c") for file in files)
            tally.check(label, f"{name}: source", f"is in {files}" if wrong else None)
