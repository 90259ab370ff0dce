# SPDX-License-Identifier: GPL-2.0-or-later
"""What kimg klogd handed on in the guest: its JSON, files, syslog and the journal."""

import json
import re

import headers
from checks import differs
from oops import FAULTS, Fault

MEMORY_LIMIT = 64 * 1024  # KiB
FLOOD = 100_000
MARKS = headers.marks()


# ---- texts of reports ----

def words_of(fault: Fault) -> list[tuple[str, str]]:
    """Functions and places that the text of a report must name, in this order."""
    return [(function, f"kimg_crash.c:{MARKS[mark]}")
            for frame in (fault.pc, *fault.frames) for function, mark in frame.chain]  # fmt: skip


def text_problem(text: str, fault: Fault) -> str | None:
    lines = iter(text.splitlines())
    for function, place in words_of(fault):
        wanted = re.compile(rf"\b{re.escape(place)}\b")
        if not any(wanted.search(line) and re.search(rf"\b{function}\b", line) for line in lines):
            return f"does not tell {function} at {place}, or not in its order"
    return None


def check_texts(tally, label: str, texts: list[str], faults: list[str]) -> None:
    tally.check(label, "reports", differs(len(faults), len(texts)))
    for name, text in zip(faults, texts):
        tally.check(label, f"report of {name}", text_problem(text, FAULTS[name]))


# ---- JSON ----

def messages(outcome, name: str) -> list[dict]:
    found = []
    for line in outcome.text(name).splitlines():
        try:
            found.append(json.loads(line))
        except json.JSONDecodeError as error:
            found.append({"kind": "damaged", "text": f"{error}: {line[:80]}"})
    return found


def of_kind(rows: list[dict], kind: str) -> list[dict]:
    return [row for row in rows if row["kind"] == kind]


def gaps_problem(rows: list[dict]) -> str | None:
    """Sequence numbers grow by one, but for what is told to be lost."""
    expected = None
    for row in rows:
        if row["kind"] not in ("record", "lost") or "sequence" not in row:
            continue
        if expected is not None and row["sequence"] != expected:
            return f"{row['kind']} {row['sequence']} where {expected} is due"
        expected = row["sequence"] + (row["lost"]["count"] if row["kind"] == "lost" else 1)
    return None if expected is not None else "no records"


def same_text(outcome, name: str, rows: list[dict]) -> str | None:
    """All that dmesg has, as it has it."""
    dmesg = [re.sub(r"^\[ *[0-9.]+\] ", "", line) for line in outcome.text(name).splitlines()]
    got = [line for row in of_kind(rows, "record") for line in row["text"].split("\n")]
    if dmesg == got[: len(dmesg)]:
        return None
    first = next((pair for pair in zip(dmesg, got) if pair[0] != pair[1]), "another number of lines")
    return f"differs from dmesg: {first}"


def check_messages(tally, label: str, rows: list[dict], faults: list[str]) -> None:
    tally.check(label, "sequence numbers", gaps_problem(rows))
    damaged = of_kind(rows, "damaged")
    tally.check(label, "JSON", damaged[0]["text"] if damaged else None)
    check_texts(tally, label, [row["text"] for row in of_kind(rows, "report")], faults)


def said(outcome, folder: str, name: str) -> str:
    """klogd's words about itself, to whomever it says them."""
    notes = "\n".join(row["text"] for row in of_kind(messages(outcome, f"{folder}/{name}.json"), "note"))
    return f"{notes}\n{outcome.text(f'{folder}/{name}.errors')}"


def says(outcome, folder: str, name: str, words: str) -> str | None:
    text = said(outcome, folder, name)
    return None if re.search(words, text) else f"does not say {words!r}: {text[:300]!r}"


def check_decoding(_bench, outcome, tally) -> None:
    everything = ["init", "warn", "cold", "deep", "null", "gp", "bug"]
    for name, faults, words in (
        ("found", everything, r"Inspecting /boot/System\.map-.*\n(.*\n)*.*Loaded [0-9]+ symbols from /boot/System\.map"),
        ("unloaded", ["warn", "null"], r"Loaded [0-9]+ symbols from /boot/System\.map"),
        ("missing", ["warn", "gp"], r"Cannot find map file"),
        ("wrong", ["warn", "gp"], r"Symbols do not match kernel version|System\.map does not match actual kernel"),
    ):  # fmt: skip
        folder, label = f"klogd-{name}", f"klogd {name}"
        check_messages(tally, label, messages(outcome, f"{folder}/{name}.json"), faults)
        tally.check(label, "words", says(outcome, folder, name, words))
        tally.check(label, "exit status", status_problem(outcome, folder))
    rows = messages(outcome, "klogd-found/found.json")
    tally.check("klogd found", "records", same_text(outcome, "klogd-found/dmesg", rows))


def status_problem(outcome, folder: str) -> str | None:
    found = re.findall(r"klogd: exit status ([0-9]+)", outcome.text(f"{folder}/log"))
    return None if found and set(found) == {"0"} else f"is {found}"


# ---- restarts ----

def repeated(rows: list[dict]) -> str | None:
    numbers = [row["sequence"] for row in of_kind(rows, "record")]
    twice = len(numbers) - len(set(numbers))
    return f"{twice} records come twice" if twice else None


def check_restart(_bench, outcome, tally) -> None:
    rows = messages(outcome, "restart/restart.json")
    tally.check("klogd restart", "nothing twice", repeated(rows))
    tally.check("klogd restart", "sequence numbers", gaps_problem(rows))
    marks = [row["text"] for row in of_kind(rows, "record") if row["text"].startswith("kimg-mark")]
    wanted = [f"kimg-mark {where}-{run}-{i}" for run in range(1, 5) for where in ("here", "away")
              for i in range(50)]  # fmt: skip
    tally.check("klogd restart", "every mark once", differs(len(wanted), len(marks)))
    tally.check("klogd restart", "marks in order", None if marks == wanted else "not in order")


def check_reboot(_bench, outcome, tally) -> None:
    rows = messages(outcome, "reboot/reboot.json")
    first = next((row for row in rows if row["kind"] == "record"), {"sequence": None})
    tally.check("klogd after a reboot", "starts at the first record", differs(0, first["sequence"]))
    tally.check("klogd after a reboot", "sequence numbers", gaps_problem(rows))


def check_service(_bench, outcome, tally) -> None:
    label = "klogd service"
    notified = outcome.text("service/notified")
    watched = [int(line.split()[0]) for line in notified.splitlines() if "WATCHDOG=1" in line]
    tally.check(label, "READY=1", None if "READY=1" in notified else "is not told")
    tally.check(label, "STOPPING=1", None if "STOPPING=1" in notified else "is not told")
    tally.check(label, "WATCHDOG=1", None if len(watched) >= 3 else f"{len(watched)} times")
    # of 2000 ms, also while the map is read
    longest = max((b - a for a, b in zip(watched, watched[1:])), default=0)
    tally.check(label, "WATCHDOG=1 in time", None if longest <= 2000 else f"not for {longest} ms")
    old, new = outcome.text("service/log.old"), outcome.text("service/log.1")
    tally.check(label, "SIGHUP: the old file", None if "mark first" in old and "mark second" not in old else "differs")
    tally.check(label, "SIGHUP: the new file", None if "mark second" in new and "mark first" not in new else "differs")
    tally.check(label, "-i and -I", differs("-i: 0\n-I: 0\n", outcome.text("service/signals")))
    second = outcome.text("service/second")
    tally.check(label, "a second daemon", "starts" if "exit status 0" in second or not second else None)
    tally.check(label, "SIGTERM", differs("klogd: exit status 0\nno PID file\n", outcome.text("service/stopped")))  # fmt: skip


# ---- under systemd ----


def check_unit(_bench, outcome, tally) -> None:
    label = "klogd as a unit"
    log = outcome.text("unit/log.file")
    reports = "\n".join(line for line in log.splitlines() if "klogd: " in line)
    tally.check(label, "first record", None if "Linux version" in log else "is missing")
    for fault in "init", "null":
        tally.check(label, f"report of {fault}", text_problem(reports, FAULTS[fault]))
    loaded = re.search(r"Loaded [0-9]+ symbols from /boot/System\.map", log)
    tally.check(label, "the map", None if loaded else "is not read")
    confined = dict(re.findall(r"(\w+):\s+(\w+)", outcome.text("unit/confined")))
    wanted = {"CapEff": f"{1 << 34:016x}", "CapBnd": f"{1 << 34:016x}", "NoNewPrivs": "1", "Seccomp": "2"}
    tally.check(label, "confinement", differs(wanted, confined))
    tally.check(label, "reload", differs("reload: 0\n", outcome.text("unit/reloaded")))
    tally.check(label, "not restarted while it works", differs("0\n", outcome.text("unit/restarts")))
    tally.check(label, "one process", differs(outcome.text("unit/pid"), outcome.text("unit/pid.later")))
    hung = number(outcome.text("unit/restarts.hung"))
    tally.check(label, "restarted when it hangs", None if hung >= 1 else f"{hung} times")
    marks = log.count("kimg-mark again")
    tally.check(label, "goes on behind that", differs(1, marks))
    tally.check(label, "nothing twice", differs(1, log.count("Linux version")))
    stopped = sorted(outcome.text("unit/stopped").splitlines())
    tally.check(label, "stops", differs(["ActiveState=inactive", "ExecMainStatus=0", "Result=success"], stopped))


# ---- killed in the middle of a burst ----

BURSTS, BURST = 5, 20_000  # as guest/killed has them


def check_killed(_bench, outcome, tally) -> None:
    """Nothing is lost; a record that a sink had taken when klogd was killed may come once more, and no other."""
    label = "klogd killed"
    rows = messages(outcome, "killed/killed.json")
    records = [row["sequence"] for row in of_kind(rows, "record")]
    lost = sum(row["lost"]["count"] for row in of_kind(rows, "lost"))
    marks = {int(match[1]) for row in of_kind(rows, "record")
             if (match := re.match(r"kimg-flood ([0-9]+) ", row["text"]))}  # fmt: skip
    tally.check(label, "nothing twice", differs(0, max(0, len(records) - len(set(records)) - BURSTS)))
    tally.check(label, "in their order", None if records == sorted(records) else "not so")
    tally.check(label, "nothing lost", differs(records[-1] + 1 - records[0], len(set(records)) + lost))
    tally.check(label, "no gaps", differs(0, lost))
    tally.check(label, "all records of the burst", differs(BURST, len(marks)))
    running = [int(word) for word in outcome.text("killed/positions").split()]
    middle = len(set(running)) == BURSTS and 0 < running[0] and running[-1] < records[-1]
    tally.check(label, "in the middle", None if middle else f"at {running}")
    print(f"{label}: {len(records)} records, {len(records) - len(set(records))} of them twice, killed at {running}",
          flush=True)  # fmt: skip


# ---- flood ----

class Flood:
    """One run: what arrived between the marks, and what was told to be lost there."""

    def __init__(self, outcome, name: str):
        self.arrived: dict[int, int] = {}  # by the kernel's number, ours
        self.others: list[dict] = []
        self.rows: list[dict] = []
        for line in outcome.text(f"flood/{name}.short").splitlines():
            if line.startswith("{"):
                self.rows.append(json.loads(line))
            else:
                sequence, number = map(int, line.split())
                self.arrived[sequence] = number
                self.rows.append({"kind": "record", "sequence": sequence, "text": "kimg-flood"})
        self.begin = self._mark(f"kimg-mark {name}-begin")
        self.end = self._mark(f"kimg-mark {name}-end")
        self.arrived = {sequence: number for sequence, number in self.arrived.items()
                        if self.begin < sequence < self.end}  # fmt: skip

    def _mark(self, text: str) -> int:
        return next((row["sequence"] for row in self.rows if row["text"] == text), -1)

    def inside(self, kind: str) -> list[dict]:
        return [row for row in of_kind(self.rows, kind) if self.begin < row["sequence"] < self.end]

    @property
    def lost(self) -> int:
        return sum(row["lost"]["count"] for row in self.inside("lost"))

    @property
    def dropped(self) -> int:
        return sum(row["lost"]["dropped"] for row in self.inside("lost"))


def number(text: str) -> int:
    match = re.search(r"[0-9]+", text)
    return int(match[0]) if match else -1


def flood_problem(flood: Flood, exact: bool) -> str | None:
    if min(flood.begin, flood.end) < 0:
        return "the marks around it did not arrive"
    total = flood.end - flood.begin - 1
    records = len(flood.inside("record"))
    if records + flood.lost != total:
        return f"{records} records and {flood.lost} told to be lost, of {total}"
    ours = list(flood.arrived.values())
    if ours != sorted(set(ours)):
        return "records come twice, or not in their order"
    if exact and len(ours) + flood.lost != FLOOD:
        return f"{len(ours)} of ours and {flood.lost} told to be lost"
    return None


def check_flood(_bench, outcome, tally) -> None:
    print(f"the kernel's records alone: {outcome.text('flood/alone.rate').strip()}", flush=True)
    for name in "plain", "crash", "fast":
        flood, label = Flood(outcome, name), f"klogd flood {name}"
        tally.check(label, "records and losses", flood_problem(flood, name != "crash"))
        tally.check(label, "sequence numbers", gaps_problem(flood.rows))
        memory = number(outcome.text(f"flood/{name}.memory"))
        tally.check(label, "memory", None if 0 < memory <= MEMORY_LIMIT else f"{memory} KiB")
        rate = outcome.text(f"flood/{name}.rate").strip()
        print(f"{label}: {rate}; {len(flood.arrived)} arrived, {flood.lost} told to be lost, "
              f"{flood.dropped} of them by kimg; {memory} KiB", flush=True)  # fmt: skip
        if name == "crash":
            reports = "\n".join(row["text"] for row in of_kind(flood.rows, "report"))
            # what the kernel overwrote of a report nobody decodes
            problems = [text_problem(reports, FAULTS[fault]) for fault in ("null", "gp", "bug")]
            whole = problems.count(None)
            tally.check(label, "reports", None if whole == 3 or (whole and flood.lost) else str(problems))
            lines = number(outcome.text("flood/crash.lines"))
            print(f"{label}: {whole} of 3 reports are whole", flush=True)
            tally.check(label, "lines of the file", differs(len(flood.arrived), lines))
    print(f"busybox klogd: {outcome.text('flood/busybox.rate').strip()}; "
          f"{outcome.text('flood/busybox').strip()} arrived", flush=True)  # fmt: skip
