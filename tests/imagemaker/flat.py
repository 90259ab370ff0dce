# SPDX-License-Identifier: GPL-2.0-or-later
"""Images with a header of their own and no ELF: ARM's zImage, the arm64, RISC-V and LoongArch
Image, EFI zboot, s390.
"""

import struct

from . import codec, pe
from .kernel import code, version_text
from .tools import align, pad, put

_ZIMAGE_MAGIC, _ENDIAN_MAGIC, _TABLE_MAGIC, _KLSZ = 0x016F2818, 0x04030201, 0x45454545, 0x5A534C4B
_HEADER_PAGE = 0x1000


def zimage_arm(packed, *, order="<", table=True, endian_tag=True, tail=b"\0" * 13):
    """An ARM zImage: start code, the table with the KLSZ tag, the packed kernel, and what follows
    it.

    KLSZ gives the place of the last four bytes of the packed kernel, its size once unpacked.
    """
    words = [0xE1A00000] * 8 + [0xEA000006, _ZIMAGE_MAGIC, 0, 0]
    words += [_ENDIAN_MAGIC] if endian_tag else [0xE1A00000]
    table_at = 0x40
    words += [_TABLE_MAGIC, table_at, 0] if table else [0xE1A00000] * 3
    front = 0x40 + (28 if table else 0)
    front_code = code("arm", 31)
    payload_at = front + len(front_code)
    if table:
        words += [6, _KLSZ, payload_at + len(packed) - 4, 0x12345, 0x8000, 0x10000, 0]
    end = align(payload_at + len(packed) + len(tail), 4)
    words[11] = end
    head = struct.pack(f"{order}{len(words)}I", *words)
    return (head + front_code + packed + tail).ljust(end, b"\0")


class RealZimage:
    """A real ARM zImage, little-endian and with a KLSZ tag, whose payload is found by trial."""

    def __init__(self, data):
        table = struct.unpack_from("<I", data, 0x38)[0]
        self.tag = (
            next(
                place
                for place in range(table, table + 256, 4)
                if struct.unpack_from("<I", data, place)[0] == _KLSZ
            )
            + 4
        )
        self.data = data
        self.end = struct.unpack_from("<I", data, self.tag)[0] + 4
        self.start, end, self.kernel = codec.find_xz(data[: self.end], table)
        if end != self.end:
            raise ValueError("the KLSZ tag does not point to the payload's end")

    def repack(self, packed):
        """The zImage around another payload; None where it has a PE header, whose sections would
        have to move.
        """
        if self.data[:2] == b"MZ":
            return None
        grown = align(len(packed) - (self.end - self.start), 4)
        slot = packed + bytes(self.end - self.start + grown - len(packed))
        image = self.data[: self.start] + slot + self.data[self.end :]
        image = with_field(image, self.tag, "<I", self.start + len(packed) - 4)
        return with_field(image, 0x2C, "<I", struct.unpack_from("<I", image, 0x2C)[0] + grown)


def _with_pe(head, machine, body):
    """A 64-byte header, the PE header behind it, and the body, from 4 KiB on, as sections .text and
    .data.
    """
    first = align(len(body) // 2, 0x200)
    sections = [
        pe.Section(".text", _HEADER_PAGE, first, _HEADER_PAGE, first, pe.CODE),
        pe.Section(
            ".data",
            _HEADER_PAGE + first,
            len(body) - first + 0x2000,
            _HEADER_PAGE + first,
            len(body) - first,
        ),
    ]
    table = pe.headers(
        machine,
        sections,
        headers_end=_HEADER_PAGE,
        entry=_HEADER_PAGE,
        image_size=align(_HEADER_PAGE + len(body), 0x1000) + 0x2000,
    )
    return (head + table).ljust(_HEADER_PAGE, b"\0") + body


def _image(head, machine, body, efi):
    body = pad(body, 0x200)
    if efi:
        return _with_pe(head, machine, body)
    return head + body


def image_arm64(body, *, efi=False, flags=0xA, size=None, text_offset=0):
    """An arm64 Image; size None counts 8 KiB of .bss, and 0 with text_offset 0x80000 is how it was
    before 3.17.
    """
    length = align(64 + len(body), 0x1000) + 0x2000 + (_HEADER_PAGE if efi else 0)
    first = b"MZ\x40\xfa" if efi else b"\x1f\x20\x03\xd5"
    head = first + struct.pack(
        "<IQQQ", 0x14000010, text_offset, length if size is None else size, flags
    )
    head += bytes(24) + b"ARM\x64" + struct.pack("<I", 64 if efi else 0)
    return _image(head, "arm64", body, efi)


def image_riscv(body, *, efi=False, version=2):
    """A RISC-V Image of header version 0.2 (or another)."""
    length = align(64 + len(body), 0x1000) + 0x2000 + (_HEADER_PAGE if efi else 0)
    head = (b"MZ\x40\xfa" if efi else b"\x13\0\0\0") + struct.pack(
        "<IQQQII", 0x0040006F, 0x200000, length, 0, version, 0
    )
    head += bytes(8) + b"RISCV\0\0\0" + b"RSC\x05" + struct.pack("<I", 64 if efi else 0)
    return _image(head, "riscv64", body, efi)


def image_loongarch(body):
    """A LoongArch Image, which is a PE file always."""
    length = align(_HEADER_PAGE + len(body), 0x1000) + 0x2000
    head = b"MZ\0\0" + struct.pack("<IQQQ", 0, 0x9000000000201000, length, 0x200000)
    head += bytes(24) + struct.pack("<II", pe.LINUX_MAGIC, 64)
    return _image(head, "loongarch64", body, True)


def zboot(name, inner, *, machine="arm64", packed=None, certificate=b"", magic=True, string=None):
    """An EFI zboot image around a packed kernel; the size field leaves the size word out, but for
    gzip.
    """
    packed = codec.compress(name, inner) if packed is None else packed
    stored = codec.seal(name, packed, inner)
    string = codec.ZBOOT_NAMES[name] if string is None else string
    start = align(0x40 + pe.header_size(machine, 2), 0x200)
    rest = pad(stored + code("arm64", 10), 0x200)
    loader = pad(code("arm64", 30), 0x200)
    data_at, end = start + len(rest), start + len(rest) + len(loader)
    sections = [
        pe.Section(".text", start, len(rest), start, len(rest), pe.CODE),
        pe.Section(".data", data_at, len(loader), data_at, len(loader)),
    ]
    table = pe.headers(
        machine,
        sections,
        headers_end=start,
        image_size=align(end, 0x1000),
        entry=data_at - 40,
        certificate=(end, len(certificate)) if certificate else (0, 0),
    )
    head = (
        b"MZ\0\0zimg"
        + struct.pack("<IIII", start, len(packed), 0, 0)
        + string.encode().ljust(32, b"\0")
    )
    head += struct.pack("<II", pe.LINUX_MAGIC if magic else 0, 0x40)
    return (head + table).ljust(start, b"\0") + rest + loader + certificate


def image_s390(packed, *, payload_at=0x10900):
    """An s390 bzImage: the IPL records, S390EP, the pointer to the version, the packed kernel."""
    front = bytearray(payload_at)
    front[:24] = bytes.fromhex("000800008000020002000018600000500200006860000050")
    front[0x10008:0x1000E] = b"S390EP"
    struct.pack_into(">Q", front, 0x10428, 0x10800)
    text = version_text() + b"\0"
    front[0x10800 : 0x10800 + len(text)] = text
    front[0x10480 : 0x10480 + 15] = b"root=/dev/dasda"
    return pad(bytes(front) + packed, 16)


class RealS390:
    """A real s390 bzImage, whose payload is found by trial."""

    def __init__(self, data):
        self.data = data
        self.start, self.end, self.kernel = codec.find_xz(data, 0x11000)

    def repack(self, packed):
        """The image around another payload; what follows keeps its alignment."""
        grown = align(len(packed) - (self.end - self.start), 16)
        slot = packed.ljust(self.end - self.start + grown, b"\0")
        return self.data[: self.start] + slot + self.data[self.end :]


def with_field(image, offset, form, value):
    """The image with one field overwritten, for damaged samples."""
    return put(image, offset, struct.pack(form, value))
