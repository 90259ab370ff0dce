# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes ELF files of each class and byte order."""

import struct
from dataclasses import dataclass

from .tools import align, pad

SHT_PROGBITS, SHT_SYMTAB, SHT_STRTAB, SHT_NOTE, SHT_NOBITS = 1, 2, 3, 7, 8
SHF_WRITE, SHF_ALLOC, SHF_EXEC = 1, 2, 4
PT_LOAD, PT_NOTE = 1, 4
ET_REL, ET_EXEC, ET_DYN = 1, 2, 3


@dataclass(frozen=True)
class Target:
    """What an ELF file is for: 32 or 64 bits, byte order ('<' or '>'), e_machine, the address its
    first byte gets.
    """

    bits: int
    order: str
    machine: int
    base: int

    def pack(self, fields, *values):
        """struct.pack in this byte order; N in fields is a native word."""
        return struct.pack(
            self.order + fields.replace("N", "Q" if self.bits == 64 else "I"), *values
        )

    @property
    def ehsize(self):
        """Size of the file header."""
        return 64 if self.bits == 64 else 52

    @property
    def phentsize(self):
        """Size of a program header."""
        return 56 if self.bits == 64 else 32

    @property
    def shentsize(self):
        """Size of a section header."""
        return 64 if self.bits == 64 else 40


TARGETS = {
    "x86_64": Target(64, "<", 62, 0xFFFFFFFF81000000),
    "i386": Target(32, "<", 3, 0xC1000000),
    "arm64": Target(64, "<", 183, 0xFFFF800008000000),
    "arm": Target(32, "<", 40, 0xC0008000),
    "armeb": Target(32, ">", 40, 0xC0008000),
    "riscv64": Target(64, "<", 243, 0xFFFFFFFF80000000),
    "loongarch64": Target(64, "<", 258, 0x9000000000200000),
    "ppc64": Target(64, ">", 21, 0xC000000000000000),
    "ppc64le": Target(64, "<", 21, 0xC000000000000000),
    "ppc": Target(32, ">", 20, 0xC0000000),
    "s390x": Target(64, ">", 22, 0x100000),
    "mips": Target(32, ">", 8, 0x80100000),
    "mipsel": Target(32, "<", 8, 0x80100000),
    "mips64": Target(64, ">", 8, 0xFFFFFFFF80100000),
    "sparc64": Target(64, ">", 43, 0x404000),
    "m68k": Target(32, ">", 4, 0x1000),
    "alpha": Target(64, "<", 0x9026, 0xFFFFFC0000310000),
    "parisc": Target(32, ">", 15, 0x10100000),
    "sh": Target(32, "<", 42, 0x8C001000),
}


@dataclass(frozen=True)
class Section:
    """One section; size is given only for NOBITS."""

    name: str
    data: bytes = b""
    type: int = SHT_PROGBITS
    flags: int = 0
    align: int = 1
    link: str = ""
    info: int = 0
    entsize: int = 0
    size: int = 0


@dataclass(frozen=True)
class _Placed:
    section: Section
    offset: int
    address: int
    size: int


def note(target, name, kind, content):
    """One ELF note."""
    owner = name.encode() + b"\0"
    return target.pack("III", len(owner), len(content), kind) + pad(owner, 4) + pad(content, 4)


def symbols(target, table):
    """The data of .symtab and .strtab for rows (name, address, section number) of global functions, or
    (name, address, section number, binding and type, size).
    """
    strings = b"\0"
    rows = [_symbol(target, 0, 0, 0, 0)]
    for name, address, section, *rest in table:
        info, size = rest or (0x12, 0)
        rows.append(_symbol(target, len(strings), address, section, info, size))
        strings += name.encode() + b"\0"
    return b"".join(rows), strings


def _symbol(target, name, value, section, info, size=0):
    if target.bits == 64:
        return target.pack("IBBHQQ", name, info, 0, section, value, size)
    return target.pack("IIIBBH", name, value, size, info, 0, section)


def write(target, sections, *, kind=ET_EXEC, entry=None, headers=True, physical=None):
    """An ELF file: header, program headers, the sections in order, the section header table at the
    very end.

    headers=False leaves the section headers out, as strip --strip-section-headers does.
    """
    if headers:
        sections = list(sections) + [Section(".shstrtab", _names(sections), SHT_STRTAB)]
    # Where the segments lie depends on the size of their table, their number does not: place the
    # sections twice.
    count = 0 if kind == ET_REL else len(_segments(target, _place(target, sections, 0), 0))
    placed = _place(target, sections, count)
    segments = [] if kind == ET_REL else _segments(target, placed, physical)
    end = max(item.offset + len(item.section.data) for item in placed)
    shoff = align(end, 8) if headers else 0
    start = placed[0].address if entry is None else entry
    header = _file_header(
        target, kind, start, len(segments), shoff, len(sections) + 1 if headers else 0
    )
    out = bytearray(header + b"".join(segments))
    for item in placed:
        if item.section.data:
            out += bytes(item.offset - len(out)) + item.section.data
    if headers:
        out += bytes(shoff - len(out)) + _section_headers(target, placed)
    return bytes(out)


def _names(sections):
    return b"\0" + b"".join(section.name.encode() + b"\0" for section in sections) + b".shstrtab\0"


def _place(target, sections, segments):
    offset = target.ehsize + segments * target.phentsize
    placed = []
    for section in sections:
        offset = align(offset, section.align)
        address = target.base + offset if section.flags & SHF_ALLOC else 0
        placed.append(_Placed(section, offset, address, section.size or len(section.data)))
        offset += len(section.data)
    return placed


def _segments(target, placed, physical):
    """A PT_LOAD for each section that is loaded, .bss joined to the one before it, and a PT_NOTE
    for each note.
    """
    loads, notes = [], []
    for item in placed:
        if not item.section.flags & SHF_ALLOC:
            continue
        if item.section.type == SHT_NOBITS and loads:
            last, _ = loads[-1]
            loads[-1] = (last, item.address + item.size - last.address)
        else:
            loads.append((item, item.size))
        if item.section.type == SHT_NOTE:
            notes.append((item, item.size))
    return [_segment(target, PT_LOAD, item, size, physical) for item, size in loads] + [
        _segment(target, PT_NOTE, item, size, physical) for item, size in notes
    ]


def _segment(target, kind, item, memory, physical):
    flags = (
        4
        | (2 if item.section.flags & SHF_WRITE else 0)
        | (1 if item.section.flags & SHF_EXEC else 0)
    )
    shift = target.base - (target.base if physical is None else physical)
    stored = len(item.section.data)
    place = (item.offset, item.address, item.address - shift, stored, memory)
    if target.bits == 64:
        return target.pack("IIQQQQQQ", kind, flags, *place, item.section.align)
    return target.pack("IIIIIIII", kind, *place, flags, item.section.align)


def _file_header(target, kind, entry, segments, shoff, sections):
    ident = b"\x7fELF" + bytes([target.bits // 32, 1 if target.order == "<" else 2, 1]) + bytes(9)
    phoff = target.ehsize if segments else 0
    return ident + target.pack(
        "HHINNNIHHHHHH",
        kind,
        target.machine,
        1,
        entry,
        phoff,
        shoff,
        0,
        target.ehsize,
        target.phentsize if segments else 0,
        segments,
        target.shentsize,
        sections,
        max(sections - 1, 0),
    )


def _section_headers(target, placed):
    index = {item.section.name: number for number, item in enumerate(placed, 1)}
    rows = [bytes(target.shentsize)]
    name_offset = 1
    for item in placed:
        section = item.section
        rows.append(
            target.pack(
                "IINNNNIINN",
                name_offset,
                section.type,
                section.flags,
                item.address,
                item.offset,
                item.size,
                index.get(section.link, 0),
                section.info,
                section.align,
                section.entsize,
            )
        )
        name_offset += len(section.name) + 1
    return b"".join(rows)


def end_of(image):
    """Where an ELF file ends, by its section header table, which the kernel's tools leave at the
    end.
    """
    wide, order = image[4] == 2, "<" if image[5] == 1 else ">"
    offset = struct.unpack_from(order + ("Q" if wide else "I"), image, 40 if wide else 32)[0]
    size, count = struct.unpack_from(order + "HH", image, 58 if wide else 46)
    return offset + size * count
