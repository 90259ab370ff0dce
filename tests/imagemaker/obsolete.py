# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernels in the object formats before ELF: a.out, COFF and ECOFF."""

import struct

from .kernel import BANNER, code
from .tools import pad

_TEXT = pad(code("x86", 90) + BANNER.encode() + b"\0", 1024)
_DATA = bytes(range(256)) * 2


def aout(magic=0o413, *, machine=100, order="<", symbols=True):
    """An a.out kernel: ZMAGIC (text at 1024), NMAGIC 0410, OMAGIC 0407 or QMAGIC 0314."""
    names = b"\0\0\0\0_start_kernel\0" if symbols else b""
    table = struct.pack(order + "IBBHI", 4, 5, 0, 0, 0x100000) if symbols else b""
    strings = struct.pack(order + "I", len(names)) + names[4:] if symbols else b""
    header = struct.pack(
        order + "IIIIIIII",
        machine << 16 | magic,
        len(_TEXT),
        len(_DATA),
        4096,
        len(table),
        0x100000,
        0,
        0,
    )
    gap = 1024 - 32 if magic == 0o413 else 0
    return header + bytes(gap) + _TEXT + _DATA + table + strings


def coff(magic=0x14C, order="<"):
    """A COFF executable: i386 (0x14c); with 0x162 or 0x160 MIPS ECOFF, whose optional header is
    longer.
    """
    ecoff = magic in (0x160, 0x162)
    optional_size = 56 if ecoff else 28
    start = 20 + optional_size + 3 * 40
    base = 0x80100000 if ecoff else 0x100000
    text_at, data_at = start, start + len(_TEXT)
    header = struct.pack(order + "HHIIIHH", magic, 3, 0, 0, 0, optional_size, 0x10F)
    optional = struct.pack(
        order + "HHIIIIII", 0o413, 0, len(_TEXT), len(_DATA), 4096, base, base, base + len(_TEXT)
    )
    optional = optional.ljust(optional_size, b"\0")
    rows = (
        (b".text", base, len(_TEXT), text_at, 0x20),
        (b".data", base + len(_TEXT), len(_DATA), data_at, 0x40),
        (b".bss", base + len(_TEXT + _DATA), 4096, 0, 0x80),
    )
    table = b"".join(
        struct.pack(order + "8sIIIIIIHHI", name, address, address, size, offset, 0, 0, 0, 0, flags)
        for name, address, size, offset, flags in rows
    )
    return header + optional + table + _TEXT + _DATA
