# SPDX-License-Identifier: GPL-2.0-or-later
"""The symbols that kimg finds in images, held against the true System.map, the symbol table of the
kernel, or, where there is neither, against what every kernel has."""

import json
import re
import struct
import subprocess
from pathlib import Path

from checks import Tally, crashed, start
from rows import Row

FEWEST, MOST = 20000, 1000000
IN_ALL = {"_stext", "_etext", "_einittext", "schedule", "panic"}
TEXT_RANGES = ("_stext", "_etext"), ("_sinittext", "_einittext")
# What scripts/kallsyms.c leaves out of its input: its own labels, branches that the linker made, and on
# arm64 what belongs to the EFI stub and, as a whole before 5.16, to the hypervisor. What scripts/mksysmap
# leaves out of that input where a symbol table is the truth: the data of exported symbols.
LEFT_OUT = re.compile(r"kallsyms_|.*\.(plt|long)_branch\.|__efistub_|__kvm_nvhe_|__kstrtab|__crc_")

Symbols = dict[tuple[int, str], str]  # types by address and name


def kernel_map(*args) -> tuple[dict, str | None]:
    """What kimg map --json tells, and what is wrong with how it ended."""
    done = start("map", "--json=short", *args)
    problem = crashed(done)
    if problem is None and done.returncode:
        problem = f"exit status {done.returncode}: {done.stderr.strip()}"
    return ({}, problem) if problem else (json.loads(done.stdout), None)


def symbols_of(found: dict) -> Symbols:
    return {(int(s["address"], 16), s["name"]): s["type"] for s in found["symbols"]}


def read_lines(text: str) -> Symbols:
    """Lines of nm or of a System.map. Undefined symbols have no address."""
    rows = (line.split(" ", 2) for line in text.splitlines())
    return {(int(row[0], 16), row[2]): row[1] for row in rows if len(row) == 3 and row[0]}


def has_all(row: Row) -> bool:
    return "CONFIG_KALLSYMS_ALL=y" in (row.dir / "config").read_text()


# --- against the truth --------------------------------------------------------------------------

def in_text(truth: Symbols) -> set[tuple[int, str]]:
    """What kallsyms hold without KALLSYMS_ALL. Other names for the end of a range are left out."""
    places = {name: address for address, name in truth}
    ranges = [(places[a], places[b], b) for a, b in TEXT_RANGES if a in places and b in places]
    return {
        (address, name)
        for address, name in truth
        if any(low <= address < high or (address, name) == (high, end) for low, high, end in ranges)
    }


def differs(got: Symbols, truth: Symbols, everything: bool) -> str | None:
    # 5.10 hands on local labels that its System.map leaves out.
    extra = {key for key in got.keys() - truth.keys() if not key[1].startswith(".L")}
    if extra:
        return f"{len(extra)} are not in the truth, such as {min(extra)}"
    absolute = {key for key, kind in truth.items() if kind in "Aa"}
    expected = {key for key in truth.keys() - absolute if not LEFT_OUT.match(key[1])}
    if not everything:
        expected &= in_text(truth)
    lost = expected - got.keys()
    if lost:
        return f"{len(lost)} are missing, such as {min(lost)}"
    # Offsets of per-CPU variables are absolute in kallsyms.
    wrong = {key for key in got.keys() & truth.keys() if got[key] not in ("A", truth[key])}
    return f"{len(wrong)} have another type, such as {min(wrong)}" if wrong else None


# --- where there is no truth --------------------------------------------------------------------

def implausible(found: dict) -> str | None:
    symbols = [(int(s["address"], 16), s["type"], s["name"]) for s in found["symbols"]]
    starts = [kind for _, kind, name in symbols if name == "start_kernel"]
    names = {name for _, _, name in symbols}
    if found["source"] != "kallsyms":
        return f"from {found['source']}"
    if not FEWEST < len(symbols) < MOST:
        return f"{len(symbols)} symbols"
    if any(a[0] > b[0] for a, b in zip(symbols, symbols[1:])):
        return "the addresses do not ascend"
    if starts != ["T"]:
        return f"start_kernel is {starts}"
    lacks = IN_ALL - names
    return f"no {min(lacks)}" if lacks else None


def wrong_note(found: dict, everything: bool) -> str | None:
    told = any("CONFIG_KALLSYMS_ALL" in note for note in found["notes"])
    return None if told != everything else f"notes: {found['notes']}"


def wrong_base(found: dict, kernel: bytes) -> str | None:
    """The banner stands where its symbol and the base say."""
    if kernel.startswith(b"\x7fELF"):
        return None if found.get("base") is None else "an ELF has a base"
    if found.get("base") is None:
        return "no base"
    base = int(found["base"], 16)
    if base % 4096:
        return f"base {base:#x}"
    for symbol in found["symbols"]:
        at = int(symbol["address"], 16) - base
        if symbol["name"] == "linux_banner" and kernel[at : at + 14] != b"Linux version ":
            return f"with base {base:#x}, no banner at {at:#x}"
    return None


# --- the checks ---------------------------------------------------------------------------------

def without_sections(elf: bytes) -> bytes:
    """The ELF without section headers, and so without symbol table."""
    cut = bytearray(elf)
    order = "<" if elf[5] == 1 else ">"
    if elf[4] == 2:
        struct.pack_into(order + "Q", cut, 40, 0)
        struct.pack_into(order + "3H", cut, 58, 0, 0, 0)
    else:
        struct.pack_into(order + "I", cut, 32, 0)
        struct.pack_into(order + "3H", cut, 46, 0, 0, 0)
    return bytes(cut)


def check_kallsyms(row: Row, tally: Tally, kernel: Path, scratch: Path) -> None:
    """kernel: what the image has decoded."""
    image, truth, problem = row.image, None, None
    everything = has_all(row)
    found, problem = kernel_map(image)
    if problem is None and found["source"] == "vmlinux":
        done = subprocess.run(["nm", kernel], capture_output=True, text=True, check=False)
        truth = read_lines(done.stdout)
        image = scratch / "without-sections"
        image.write_bytes(without_sections(kernel.read_bytes()))
        found, problem = kernel_map(image)
        image.unlink()
    elif (row.dir / "System.map").exists():
        truth = read_lines((row.dir / "System.map").read_text(encoding="utf-8"))
    tally.check(row.label, "kallsyms", problem or implausible(found))
    if problem is not None:
        return
    if truth is not None:
        tally.check(row.label, "kallsyms, true", differs(symbols_of(found), truth, everything))
    tally.check(row.label, "kallsyms, note", wrong_note(found, everything))
    tally.check(row.label, "kallsyms, base", wrong_base(found, kernel.read_bytes()))
