# SPDX-License-Identifier: GPL-2.0-or-later
"""What a real rsyslogd and a real systemd-journald were told by kimg klogd."""

import json
import re

from checks import differs
from klogd import status_problem, text_problem
from oops import FAULTS, ORDER


def bare(line: str) -> str:
    """Without the time since boot."""
    return re.sub(r"^\[ *[0-9]+\.[0-9]+\] ", "", line)


def order_problem(wanted: list[str], got: list[str]) -> str | None:
    """All of these, in this order, whatever is between them."""
    lines = iter(got)
    missing = next((text for text in wanted if not any(text == line for line in lines)), None)
    return None if missing is None else f"lacks {missing!r}, or not in its order"


def reports_problem(lines: list[str], faults: list[str]) -> str | None:
    """The reports' places, one fault behind the other."""
    rest = "\n".join(lines)
    for name in faults:
        problem = text_problem(rest, FAULTS[name])
        if problem:
            return f"{name}: {problem}"
    return None


def check_rsyslog(outcome, tally) -> None:
    rows = []
    for line in outcome.text("rsyslog/rsyslog.log").splitlines():
        if match := re.match(r"(\S+)\.(\S+) (\S*) ?(.*)$", line):
            rows.append(match.groups())
    kernel = [bare(text.strip()).strip() for _, _, program, text in rows if program == "kernel"]
    own = [text for _, _, program, text in rows if program == "klogd"]
    dmesg = [bare(line).strip() for line in outcome.text("rsyslog/dmesg").splitlines()]
    tally.check("rsyslog", "every record", order_problem(dmesg, kernel))
    tally.check("rsyslog", "reports", reports_problem(own, ORDER))
    facilities = {row[0] for row in rows if row[2] == "kernel"} - {"kern", "user"}
    tally.check("rsyslog", "facilities", f"are {facilities}" if facilities else None)
    severities = {row[1] for row in rows if row[2] == "kernel"}
    tally.check("rsyslog", "severities", None if {"warning", "info"} <= severities else f"are {severities}")
    tally.check("rsyslog", "exit status", status_problem(outcome, "rsyslog"))


def check_rfc5424(outcome, tally) -> None:
    label = "rfc5424"
    rows = [json.loads(line) for line in outcome.text("rfc5424/rfc5424.log").splitlines()]
    records = [row for row in rows if row["program"] == "kernel"]
    dmesg = [bare(line).strip() for line in outcome.text("rfc5424/dmesg").splitlines()]
    got = [bare(row["text"].strip()).strip() for row in records]
    tally.check(label, "every record", order_problem(dmesg, got))
    own = [row["text"] for row in rows if row["program"] == "klogd"]
    tally.check(label, "reports", reports_problem(own, ["warn", "null"]))
    ours = [row for row in rows if row["program"] in ("kernel", "klogd")]
    others = [row for row in ours if (row["version"], row["host"]) != ("1", "kimg-guest")]
    tally.check(label, "version and host", str(others[0]) if others else None)
    form = re.compile(r'\[meta sequenceId="([0-9]+)" sysUpTime="[0-9]+"\]')
    numbers = [int(match[1]) for row in records if (match := form.fullmatch(row["data"]))]
    tally.check(label, "structured data", differs(len(records), len(numbers)))
    tally.check(label, "sequenceId", None if numbers == sorted(numbers) else "not in order")
    severities = {row["severity"] for row in records}
    tally.check(label, "severities", None if {"warning", "info"} <= severities else f"are {severities}")
    tally.check(label, "exit status", status_problem(outcome, "rfc5424"))


def check_round(outcome, tally, records: list[dict]) -> None:
    """With ForwardToKMsg=yes: each record is in the journal once, though the kernel's log has it twice."""
    label = "journal that forwards"
    forwarded = [line for line in outcome.text("journal/round").splitlines() if "]: " in line]
    tally.check(label, "forwards", None if any("kernel[" in line for line in forwarded) else "does not")
    for i in range(10):
        texts = [row["MESSAGE"] for row in records if str(row["MESSAGE"]).endswith(f"kimg-mark round-{i}")]
        tally.check(label, f"record {i}", differs([f"kimg-mark round-{i}"], texts))


def check_journal(outcome, tally) -> None:
    rows = [json.loads(line) for line in outcome.text("journal/journal.json").splitlines()]
    ours = [row for row in rows if row["_TRANSPORT"] == "journal"]
    records = [row for row in ours if row.get("SYSLOG_IDENTIFIER") == "kernel"]
    reports = [row for row in ours if "KIMG_KIND" in row]
    dmesg = [bare(line) for line in outcome.text("journal/dmesg").splitlines()]
    end = next((i for i, line in enumerate(dmesg) if line == "kimg-mark end"), len(dmesg))
    lines = [line for row in records for line in str(row["MESSAGE"]).split("\n")]
    check_round(outcome, tally, records)
    tally.check("journal", "every record", order_problem(dmesg[:end], lines))
    tally.check("journal", "reports alone beside journald's own reading",
                "records come twice" if "kimg-mark alone" in lines else None)  # fmt: skip
    faults = [*ORDER, "warn"]
    tally.check("journal", "reports", differs(len(faults), len(reports)))
    for name, row in zip(faults, reports):
        check_entry(tally, name, row)
    numbers = [int(row["KIMG_SEQUENCE"]) for row in records if "KIMG_SEQUENCE" in row]
    tally.check("journal", "sequence numbers", None if numbers == sorted(set(numbers)) else "not in order")
    priorities = {row["PRIORITY"] for row in records}
    tally.check("journal", "priorities", None if {"4", "6"} <= priorities else f"are {priorities}")
    tally.check("journal", "exit status", status_problem(outcome, "journal"))


def check_entry(tally, name: str, row: dict) -> None:
    """A report's fields."""
    fault, label = FAULTS[name], f"journal: {name}"
    text = str(row.get("KIMG_TEXT") or row["MESSAGE"])
    tally.check(label, "text", text_problem(text, fault))
    kind = row["KIMG_KIND"]
    tally.check(label, "KIMG_KIND", None if kind in fault.kinds else f"is {kind}")
    tally.check(label, "KIMG_FUNCTION", differs(fault.pc.chain[0][0], row.get("KIMG_FUNCTION")))
    tally.check(label, "KIMG_MODULE", differs("kimg_crash", row.get("KIMG_MODULE")))
    for field in "KIMG_TITLE", "KIMG_SIGNATURE", "KIMG_RELEASE", "KIMG_LINE":
        tally.check(label, field, None if row.get(field) else "is missing")


def check(_bench, outcome, tally) -> None:
    check_rsyslog(outcome, tally)
    check_rfc5424(outcome, tally)
    check_journal(outcome, tally)
