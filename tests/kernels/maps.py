# SPDX-License-Identifier: GPL-2.0-or-later
"""Which System.map belongs to which kernel: what kimg says about those of the -dbg packages."""

import json
import struct
from pathlib import Path

from checks import Tally, crashed, start
from rows import Row, read_list

KASLR = 0x12000000
# What the kernel itself does not carry: absolute symbols and the labels of its tables.
FEW_MISSING = 20


def check(*args) -> tuple[dict, str | None]:
    """The outcome of kimg map --check, and what is wrong with how it ended."""
    done = start("map", "--check", "--json", *args)
    problem = crashed(done)
    if problem is None and done.returncode == 2:
        problem = f"exit status 2: {done.stderr.strip()}"
    if problem is not None:
        return {}, problem
    found = json.loads(done.stdout)
    good = found["verdict"].startswith("matches")
    return found, None if done.returncode == (0 if good else 1) else "the wrong exit status"


def is_same(found: dict, shift: int = 0) -> str | None:
    expected = "matches-shifted" if shift else "matches"
    if found["verdict"] != expected or found["differing"] or int(found["shift"], 16) != shift:
        return f"{found['verdict']}, {found['differing']} symbols differ, shift {found['shift']}"
    text = min(found["in_map"], found["in_kernel"])
    return None if text - found["same"] <= FEW_MISSING else f"{found['same']} of {text} are the same"


def is_other(found: dict) -> str | None:
    """Another kernel has nearly nothing at the same address."""
    if found["verdict"] != "differs" or not found["differences"]:
        return found["verdict"]
    share = found["same"] / (found["same"] + found["differing"])
    return None if share < 0.05 else f"{share:.1%} of the symbols are the same"


# --- the memory of a kernel that runs ---------------------------------------------------------

PT_LOAD, PT_NOTE = 1, 4
PHDR = "<IIQQQQQQ"
NOTES, MEMORY = 0x2000, 0x10000


def read_map(path: Path) -> dict[str, int]:
    found = {}
    for line in path.read_text().splitlines():
        address, _, name = line.split(" ", 2)
        found.setdefault(name, int(address, 16))
    return found


def load(vmlinux: bytes) -> tuple[int, bytearray]:
    """The kernel as it lies in memory, and where that is."""
    phoff, = struct.unpack_from("<Q", vmlinux, 32)
    count, = struct.unpack_from("<H", vmlinux, 56)
    headers = [struct.unpack_from(PHDR, vmlinux, phoff + 56 * i) for i in range(count)]
    loads = [h for h in headers if h[0] == PT_LOAD and h[3] >> 63]
    start_of = min(h[3] for h in loads)
    memory = bytearray(max(h[3] + h[6] for h in loads) - start_of)
    for _, _, offset, address, _, size, _, _ in loads:
        memory[address - start_of : address - start_of + size] = vmlinux[offset : offset + size]
    return start_of, memory


def note(name: bytes, kind: int, desc: bytes) -> bytes:
    def pad(text: bytes) -> bytes:
        return text + bytes(-len(text) % 4)

    return struct.pack("<III", len(name), len(desc), kind) + pad(name) + pad(desc)


def make_kcore(row: Row, path: Path, shift: int, tables: bool) -> None:
    """What /proc/kcore shows where that kernel runs, moved by shift; tables: as since 6.0."""
    known = read_map(row.dir / "System.map")
    at, memory = load((row.dir / "vmlinux").read_bytes())
    if "kallsyms_relative_base" in known:  # the kernel relocates it as it starts
        struct.pack_into("<Q", memory, known["kallsyms_relative_base"] - at,
                         base_of(known, memory, at) + shift)
    names = ["_stext"]
    if tables:
        names += ["kallsyms_" + name for name in
                  ("names", "num_syms", "token_table", "token_index", "offsets", "relative_base")]
    lines = [f"SYMBOL({name})={known[name] + shift:x}\n" for name in names if name in known]
    notes = note(b"CORE\0", 1, b"abcd") + note(b"VMCOREINFO\0", 0, "".join(lines).encode())
    headers = [
        (PT_NOTE, 0, NOTES, 0, 0, len(notes), 0, 0),
        (PT_LOAD, 7, 1 << 46, 0xFFFF << 48, 0, 1 << 40, 1 << 40, 4096),  # all memory: not there
        (PT_LOAD, 7, MEMORY, at + shift, 0, len(memory), len(memory), 4096),
    ]
    head = b"\x7fELF\2\1\1" + bytes(9) + struct.pack(
        "<HHIQQQIHHHHHH", 4, 62, 1, 0, 64, 0, 0, 64, 56, len(headers), 0, 0, 0)
    head += b"".join(struct.pack(PHDR, *header) for header in headers)
    head = head.ljust(NOTES, b"\0") + notes
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(head.ljust(MEMORY, b"\0") + memory)


def base_of(known: dict[str, int], memory: bytearray, at: int) -> int:
    """The address that offsets count from; 0 in the file where a relocation makes it."""
    base, = struct.unpack_from("<Q", memory, known["kallsyms_relative_base"] - at)
    return base or known["_text"]


def check_kcore(row: Row, tally: Tally, scratch: Path) -> None:
    for shift in 0, KASLR:
        for tables in True, False:
            make_kcore(row, scratch / "root" / "proc" / "kcore", shift, tables)
            found, problem = check(f"--root={scratch / 'root'}", row.dir / "System.map")
            what = f"kcore, shift {shift:#x}, with{'' if tables else 'out'} addresses of tables"
            tally.check(row.label, what, problem or is_same(found, shift))


# --- all of it --------------------------------------------------------------------------------

def others(row: Row) -> list[Row]:
    return [other for other in read_list()
            if other.arch == row.arch and other != row and (other.dir / "System.map").exists()]


def check_maps(row: Row, tally: Tally, scratch: Path) -> None:
    mine = row.dir / "System.map"
    for pair in (mine, row.image), (row.image, mine), (mine, row.dir / "vmlinux"), (
            row.dir / "vmlinux", row.image):
        found, problem = check(*pair)
        what = " of ".join(path.name for path in pair)
        tally.check(row.label, what, problem or is_same(found))
    for other in others(row):
        for pair in (other.dir / "System.map", row.image), (row.image, other.dir / "System.map"), (
                other.dir / "vmlinux", row.image):
            found, problem = check(*pair)
            what = " of ".join("/".join(path.parts[-4:]) for path in pair)
            tally.check(row.label, what, problem or is_other(found))
    check_kcore(row, tally, scratch)
