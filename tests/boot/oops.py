# SPDX-License-Identifier: GPL-2.0-or-later
"""What kimg must find in the reports of kimg_crash's faults, and the checks of reports in JSON."""

import json
import re
import subprocess
from dataclasses import dataclass

import checks
import headers
from checks import differs
from sym import kallsyms

START = 0xFFFFFFFF81000000  # where System.map has _text
WRITE = ["vfs_write", "ksys_write", "do_syscall_64"]  # of the kernel, in this order, others between them


@dataclass(frozen=True)
class Frame:
    symbol: str
    chain: tuple[tuple[str, str], ...]  # functions and marks, innermost first


@dataclass(frozen=True)
class Fault:
    name: str
    kinds: tuple[str, ...]
    pc: Frame
    frames: tuple[Frame, ...]
    kernel: tuple[str, ...] = tuple(WRITE)


def _frame(symbol: str, *chain: tuple[str, str]) -> Frame:
    return Frame(symbol, chain or ((symbol, symbol),))


def _written(name: str) -> Frame:
    return _frame("crash_write", ("fault", f"fault-{name}"), ("crash_write", "write"))


CHAIN = _frame("chain_inner", ("read_once_more", "chain-0"), ("read_doubled", "chain-1"),
               ("chain_inner", "chain-2"))  # fmt: skip
CALLERS = (_frame("chain_middle", ("chain_middle", "chain-middle")),
           _frame("chain_outer", ("chain_outer", "chain-outer")))  # fmt: skip
DEPTH = 24  # as in kimg_crash.c

FAULTS = {
    fault.name: fault
    for fault in (
        Fault("init", ("warning",), _frame("warn_in_init", ("warn_in_init", "init-warn")),
              (_frame("crash_init", ("crash_init", "init")),), ("do_one_initcall", "do_init_module")),
        Fault("warn", ("warning",), _frame("warn"), (_written("warn"),)),
        Fault("cold", ("warning",), _frame("in_unlikely", ("in_unlikely", "unlikely")),
              (_frame("has_cold_part.cold", ("has_cold_part", "cold")), _written("cold"))),
        Fault("deep", ("warning",), _frame("deep", ("deep", "deep-bottom")),
              (_frame("deep"),) * DEPTH + (_written("deep"),)),
        Fault("null", ("null-pointer",), CHAIN, (*CALLERS, _written("null"))),
        Fault("gp", ("general-protection",), CHAIN, (*CALLERS, _written("gp"))),
        Fault("bug", ("bug", "invalid-opcode"), _frame("bug"), (_written("bug"),)),
    )
}  # fmt: skip


class Truth:
    """What the running kernel and the source say."""

    def __init__(self, symbols: str):
        self.symbols = kallsyms(symbols)
        self.offset = min(self.symbols["_text"]) - START
        self.marks = headers.marks()

    def is_at(self, symbol: str, address: int) -> bool:
        """Whether the kernel has the symbol there, with or without KASLR."""
        have = self.symbols.get(symbol, ())
        return address in have or address + self.offset in have


# ---- a report in JSON ----

def main_block(report: dict) -> dict:
    return next((block for block in report["blocks"] if not block["user"] and block["pc"]), {})


def chain_problem(frame: dict, expected: Frame, truth: Truth) -> str | None:
    """Whether it is that function, with the source's inline chain."""
    if frame["symbol"] != expected.symbol:
        return f"{frame['symbol']}, not {expected.symbol}"
    if len(frame["places"]) != 1:
        return f"{len(frame['places'])} places for {expected.symbol}: {frame['certainty']}"
    place = frame["places"][0]
    got = [(row["function"], (row["file"] or "").rsplit("/", 1)[-1], row["line"])
           for row in place["source"]]  # fmt: skip
    wanted = [(name, "kimg_crash.c", truth.marks[mark]) for name, mark in expected.chain]
    return differs(wanted, got)


def frames_problem(block: dict, fault: Fault, truth: Truth) -> str | None:
    """The module's frames, in their order."""
    frames = [frame for frame in block["frames"] if frame["module"] and frame["reliable"]]
    names = [frame["symbol"] for frame in frames]
    if names != [frame.symbol for frame in fault.frames]:
        return f"frames {names}"
    problems = [chain_problem(*pair, truth) for pair in zip(frames, fault.frames)]
    return next((problem for problem in problems if problem), None)


def kernel_problem(block: dict, fault: Fault, truth: Truth) -> str | None:
    """The kernel's own functions are where it has them."""
    frames = [frame for frame in block["frames"] if not frame["module"] and frame["reliable"]]
    names = [frame["symbol"] for frame in frames]
    if [name for name in names if name in fault.kernel] != list(fault.kernel):
        return f"frames {names}"
    for frame in frames:
        if not frame["places"]:
            return f"{frame['symbol']}: {frame['certainty']}"
        for place in frame["places"]:
            if not truth.is_at(place["symbol"], int(place["address"], 16)):
                return f"{place['symbol']} is not at {place['address']}"
    return None


def check_report(tally, label: str, report: dict | None, fault: Fault, truth: Truth) -> None:
    what = f"{label}: {fault.name}"
    if report is None:
        return tally.check(what, "report", "is missing")
    block = main_block(report)
    tally.check(what, "kind", None if report["kind"] in fault.kinds else f"is {report['kind']}")
    if not block:
        return tally.check(what, "program counter", "is missing")
    tally.check(what, "program counter", chain_problem(block["pc"], fault.pc, truth))
    tally.check(what, "the module's frames", frames_problem(block, fault, truth))
    tally.check(what, "the kernel's frames", kernel_problem(block, fault, truth))
    return None


def check_reports(tally, label: str, text: str, faults: list[str], truth: Truth) -> list[dict]:
    """JSON lines of kimg oops: a report for each fault, in their order."""
    reports = [json.loads(line) for line in text.splitlines()]
    tally.check(label, "reports", differs(len(faults), len(reports)))
    for index, name in enumerate(faults):
        report = reports[index] if index < len(reports) else None
        check_report(tally, label, report, FAULTS[name], truth)
    return reports


# ---- the boot ----

ORDER = ["init", "warn", "cold", "deep", "null", "gp", "bug"]


def same_signatures(kinds: list[list[dict]]) -> str | None:
    """However the log was read and whatever was known, a fault has one signature, and no other fault has it."""
    columns = list(zip(*[[report["signature"] for report in reports] for reports in kinds]))
    for name, column in zip(ORDER, columns):
        if len(set(column)) != 1:
            return f"{name} has several"
    if len({column[0] for column in columns}) != len(columns):
        return "faults share one"
    return None


def check(_bench, outcome, tally):
    truth = Truth(outcome.text("oops/kallsyms"))
    all_reports = []
    for name in "dmesg", "given", "live", "unloaded":
        status = outcome.text(f"oops/{name}.status").split()
        tally.check(f"oops {name}", "exit status", differs(["0"], status))
        all_reports.append(
            check_reports(tally, f"oops {name}", outcome.text(f"oops/{name}.json"), ORDER, truth))
    tally.check("oops", "signatures", same_signatures(all_reports))


# ---- a panic, of which the console alone tells ----


def _kimg_oops(bench, label: str, log: str, *args) -> list[dict]:
    """The reports in a log, by kimg here."""
    path = bench.scratch / f"{label}.log"
    path.write_text(log)
    done = subprocess.run([checks.KIMG, "oops", "--json=lines", *args, path], capture_output=True,
                          text=True, errors="replace", timeout=checks.TIMEOUT, check=False)  # fmt: skip
    return [json.loads(line) for line in done.stdout.splitlines()]


def check_panic(bench, outcome, tally) -> None:
    """What the console said, decoded elsewhere: the oops, the panic behind it, and where KASLR had put the kernel."""
    truth = Truth(outcome.text("panic/kallsyms"))
    told = re.search(r"Kernel Offset: (0x[0-9a-f]+) from 0x", outcome.console)
    tally.check("panic", "the kernel tells its offset", differs(hex(truth.offset), told[1] if told else None))
    without = "".join(line for line in outcome.console.splitlines(True) if "Kernel Offset" not in line)
    symbols = ["--modules", bench.module]
    for label, log, args in (
        ("panic, map", outcome.console, ["--map", bench.map]),
        ("panic, image", outcome.console, ["--image", bench.row.image]),
        ("panic, offset not told", without, ["--map", bench.map]),
    ):
        reports = _kimg_oops(bench, label, log, *symbols, *args)
        kinds = [report["kind"] for report in reports]
        tally.check(label, "reports", None if "null-pointer" in kinds else f"are {kinds}")
        report = next((report for report in reports if report["kind"] == "null-pointer"), None)
        check_report(tally, label, report, FAULTS["null"], truth)
        # without the kernel's word there is none that a log without addresses would tell
        offsets = {row["kernel_offset"] for row in reports if row.get("kernel_offset")}
        wanted = {hex(truth.offset)} if log is outcome.console else set()
        tally.check(label, "KASLR", differs(wanted, offsets))
