# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes PE headers (alone, for images that carry them inside) and small PE files with given
sections.
"""

import struct
from dataclasses import dataclass

from .tools import align, pad

MACHINES = {
    "x86_64": 0x8664,
    "i386": 0x14C,
    "arm64": 0xAA64,
    "arm": 0x1C2,
    "riscv64": 0x5064,
    "loongarch64": 0x6264,
}
CODE, DATA = 0x60000020, 0xC0000040
FILE_ALIGNMENT, SECTION_ALIGNMENT = 0x200, 0x1000
LINUX_MAGIC = 0x818223CD
_DIRECTORIES = 6
_SECURITY = 4


@dataclass(frozen=True)
class Section:
    """A section header: where it lies in memory and in the file."""

    name: str
    address: int
    virtual_size: int
    offset: int
    size: int
    flags: int = DATA


def header_size(machine, count):
    """The bytes that headers() gives for so many sections."""
    return 4 + 20 + _optional_size(machine) + 40 * count


def headers(
    machine,
    sections,
    *,
    headers_end,
    image_size,
    entry,
    certificate=(0, 0),
    file_alignment=FILE_ALIGNMENT,
):
    """PE signature, COFF header, optional header and section table."""
    coff = struct.pack(
        "<HHIIIHH",
        MACHINES[machine],
        len(sections),
        0,
        0,
        0,
        _optional_size(machine),
        0x206 if _is_wide(machine) else 0x306,
    )
    code = sum(section.size for section in sections if section.flags == CODE)
    data = sum(section.size for section in sections if section.flags != CODE)
    base = sections[0].address if sections else 0
    optional = struct.pack(
        "<HBBIIIII", 0x20B if _is_wide(machine) else 0x10B, 2, 20, code, data, 0, entry, base
    )
    optional += struct.pack("<Q", 0) if _is_wide(machine) else struct.pack("<II", 0, 0)
    optional += struct.pack(
        "<IIHHHHHHIIIIHH",
        SECTION_ALIGNMENT,
        file_alignment,
        0,
        0,
        1,
        1,
        0,
        0,
        0,
        image_size,
        headers_end,
        0,
        10,
        0x100,
    )
    optional += struct.pack("<QQQQ" if _is_wide(machine) else "<IIII", 0, 0, 0, 0)
    optional += struct.pack("<II", 0, _DIRECTORIES)
    for number in range(_DIRECTORIES):
        optional += struct.pack("<II", *(certificate if number == _SECURITY else (0, 0)))
    table = b"".join(
        struct.pack(
            "<8sIIIIIIHHI",
            item.name.encode(),
            item.virtual_size,
            item.address,
            item.size,
            item.offset,
            0,
            0,
            0,
            0,
            item.flags,
        )
        for item in sections
    )
    return b"PE\0\0" + coff + optional + table


def certificate_entry(content):
    """A WIN_CERTIFICATE of revision 2, PKCS#7, padded to 8 bytes."""
    return pad(struct.pack("<IHH", 8 + len(content), 0x200, 2) + content, 8)


def write(contents, *, machine="x86_64", certificate=b"", flags=()):
    """A PE file with a DOS stub and the (name, bytes) sections, each padded in the file as linkers
    do.
    """
    start = align(0x80 + header_size(machine, len(contents)), FILE_ALIGNMENT)
    offset, address, sections, body = start, SECTION_ALIGNMENT, [], b""
    for name, data in contents:
        padded = pad(data, FILE_ALIGNMENT)
        sections.append(
            Section(name, address, len(data), offset, len(padded), dict(flags).get(name, DATA))
        )
        offset += len(padded)
        address = align(address + len(data), SECTION_ALIGNMENT)
        body += padded
    table = headers(
        machine,
        sections,
        headers_end=start,
        image_size=address,
        entry=SECTION_ALIGNMENT,
        certificate=(start + len(body), len(certificate)) if certificate else (0, 0),
    )
    return (
        (b"MZ" + bytes(0x3A) + struct.pack("<I", 0x80) + bytes(0x40) + table).ljust(start, b"\0")
        + body
        + certificate
    )


def security_directory(image):
    """Offset of the security directory's entry, and what it says: offset and size of the
    certificate table.
    """
    where = optional_header(image) + (112 if _magic(image) == 0x20B else 96) + 8 * _SECURITY
    return where, *struct.unpack_from("<II", image, where)


def optional_header(image):
    """Offset of the optional header."""
    return struct.unpack_from("<I", image, 0x3C)[0] + 24


def section_headers(image):
    """The offset of each section header."""
    coff = optional_header(image) - 20
    count, size = (
        struct.unpack_from("<H", image, coff + 2)[0],
        struct.unpack_from("<H", image, coff + 16)[0],
    )
    return [coff + 20 + size + 40 * number for number in range(count)]


def _magic(image):
    return struct.unpack_from("<H", image, optional_header(image))[0]


def _is_wide(machine):
    return machine not in ("i386", "arm")


def _optional_size(machine):
    return (112 if _is_wide(machine) else 96) + 8 * _DIRECTORIES
