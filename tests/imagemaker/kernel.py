# SPDX-License-Identifier: GPL-2.0-or-later
"""Tiny stand-ins for a kernel: they cannot run, but hold what is looked for in one, at the places
where it is.
"""

import gzip
import hashlib
import struct

from . import elf
from .elf import (
    SHF_ALLOC,
    SHF_EXEC,
    SHF_WRITE,
    SHT_NOBITS,
    SHT_NOTE,
    SHT_PROGBITS,
    SHT_STRTAB,
    SHT_SYMTAB,
    Section,
)
from .tools import pad

RELEASE = "6.1.0-tiny"
BANNER = (
    f"Linux version {RELEASE} (builder@example.org) (gcc (Tiny) 12.2.0, GNU ld (Tiny) 2.40) "
    "#1 SMP Sun Jan  1 00:00:00 UTC 2023\n"
)
CONFIG = (
    b"#\n# Automatically generated file; DO NOT EDIT.\n#\n"
    b"CONFIG_IKCONFIG=y\nCONFIG_IKCONFIG_PROC=y\n"
)
BUILD_ID = hashlib.sha1(b"kimg tiny kernel").digest()

# One call or branch of each architecture, for code that a branch filter has something to do with.
_BRANCHES = {
    "x86": b"\xe8%c\x01\x00\x00",
    "arm": b"%c\x01\x00\xeb",
    "armthumb": b"\x00\xf0%c\xf8",
    "arm64": b"%c\x01\x00\x94",
    "powerpc": b"\x48\x00%c\x01",
    "sparc": b"\x40\x00\x01%c",
    "ia64": b"\x11\x00%c\x00\x01\x00\x10\x00\x00\x00\x00\x00\x00\x00\x00\x50",
}


def code(arch, count=200):
    """Pseudo code: a row of calls, so that filters change it, between words that differ."""
    branch = _BRANCHES.get(arch, _BRANCHES["arm64"])
    return b"".join(
        branch % (number * 4 & 0xFF) + struct.pack("<I", number * 2654435761 & 0xFFFFFFFF)
        for number in range(count)
    )


def ikconfig(config=CONFIG):
    """A configuration as CONFIG_IKCONFIG embeds it (kernel/configs.c)."""
    return b"IKCFG_ST" + gzip.compress(config, 9, mtime=0) + b"IKCFG_ED"


def sections(target, arch="x86", *, text=b"", notes=b"", config=True, symbols=True):
    """The sections of a tiny vmlinux."""
    rodata = pad(BANNER.encode() + b"\0", 16) + (ikconfig() if config else b"")
    build_id = elf.note(target, "GNU", 3, BUILD_ID)
    listed = [
        Section(".text", text + code(arch), SHT_PROGBITS, SHF_ALLOC | SHF_EXEC, 16),
        Section(".rodata", rodata, SHT_PROGBITS, SHF_ALLOC, 16),
        Section(".notes", build_id + notes, SHT_NOTE, SHF_ALLOC, 4),
        Section(".data", bytes(range(64)), SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, 16),
        Section(".bss", b"", SHT_NOBITS, SHF_ALLOC | SHF_WRITE, 16, size=4096),
    ]
    return listed + (_symbol_sections(target) if symbols else [])


def _symbol_sections(target):
    table = [
        ("_text", target.base, 1),
        ("start_kernel", target.base + 0x200, 1),
        ("_end", target.base + 0x4000, 5),
    ]
    rows, strings = elf.symbols(target, table)
    return [
        Section(".symtab", rows, SHT_SYMTAB, 0, 8, ".strtab", 1, len(rows) // (len(table) + 1)),
        Section(".strtab", strings, SHT_STRTAB),
    ]


def vmlinux(name="x86_64", **options):
    """A tiny vmlinux for a target of elf.TARGETS."""
    target = elf.TARGETS[name]
    return elf.write(
        target, sections(target, **options), physical=0x1000000 if name == "x86_64" else None
    )


def vmlinuz_mips(packed, name="mipsel"):
    """A MIPS vmlinuz: an ELF loader with the packed kernel at the start of .data."""
    loaded = [
        Section(".text", code("arm64", 40), SHT_PROGBITS, SHF_ALLOC | SHF_EXEC, 16),
        Section(".data", pad(packed, 16), SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, 16),
    ]
    return elf.write(elf.TARGETS[name], loaded)


def version_text(release=RELEASE):
    """The version as the x86 and s390 headers point to it."""
    return f"{release} (builder@example.org) #1 SMP Sun Jan  1 00:00:00 UTC 2023".encode()


def raw(arch, size=4096, config=False):
    """A tiny kernel as objcopy -O binary leaves it: code, banner, perhaps the configuration, and
    data.
    """
    body = code(arch) + pad(BANNER.encode() + b"\0", 16) + (ikconfig() if config else b"")
    return body + bytes(max(size - len(body), 0))


def relocs(old=True):
    """What follows the ELF file in a bzImage's payload: the lists that the decompressor reads
    backwards.

    Up to 6.14 there are three of them, later two; each opens with a zero word.
    """
    lists = [[0x81000010, 0x81000020, 0x81000030], [0x81000018], [0x81000014, 0x81000024]]
    chosen = lists if old else [lists[0], lists[2]]
    return b"".join(struct.pack(f"<I{len(row)}I", 0, *row) for row in chosen)


def padded_to(data, size):
    """The data with zeroes up to the size."""
    if len(data) > size:
        raise ValueError(f"{len(data)} bytes are more than {size}")
    return data + bytes(size - len(data))
