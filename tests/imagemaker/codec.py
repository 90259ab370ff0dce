# SPDX-License-Identifier: GPL-2.0-or-later
"""Compresses as the kernel's build does (scripts/Makefile.lib), by the standard tools."""

import lzma
import struct
import zlib

from . import tools

# As scripts/xz_wrap.sh gives it.
_DICT = "dict=32MiB"

# The kernel's own flags, but for the levels: a fixture need not be small, and -9 of bzip2, lzma and
# xz is slow.
COMMANDS = {
    "gzip": ["gzip", "-n", "-6"],
    "bzip2": ["bzip2", "-1"],
    "lzma": ["xz", "--format=lzma", "-0"],
    "xz": ["xz", "--check=crc32", "--threads=1", "-0"],
    "lzo": ["lzop", "-3"],
    "lz4": ["lz4", "-l", "-1"],
    "zstd": ["zstd", "-q", "-3"],
}

CODECS = tuple(COMMANDS)

_DECODERS = {
    "gzip": ["gzip", "-dc"],
    "bzip2": ["bzip2", "-dc"],
    "lzma": ["xz", "--format=lzma", "-dc"],
    "xz": ["xz", "--format=xz", "-dc"],
    "lzo": ["lzop", "-dc"],
    "lz4": ["lz4", "-dc"],
    "zstd": ["zstd", "-qdc", "--long=31"],
}

MAGICS = {
    "gzip": b"\x1f\x8b\x08",
    "bzip2": b"BZh",
    "lzma": b"\x5d\0\0",
    "xz": b"\xfd7zXZ\0",
    "lzo": b"\x89LZO",
    "lz4": b"\x02\x21\x4c\x18",
    "zstd": b"\x28\xb5\x2f\xfd",
}

# The kernel appends the size to all but gzip, whose last four bytes are the size already.
SIZED = tuple(codec for codec in CODECS if codec != "gzip")

# How the kernel's Makefiles name the codecs in an EFI zboot header.
ZBOOT_NAMES = {
    "gzip": "gzip",
    "bzip2": "bzip2",
    "lzma": "lzma",
    "xz": "xzkern",
    "lzo": "lzo",
    "lz4": "lz4",
    "zstd": "zstd22",
}

# The branch filters of xz, and the dictionary that the kernel's xz_wrap.sh gives beside them.
BCJ = ("x86", "arm", "armthumb", "arm64", "powerpc", "ia64", "sparc")

# lzop stores the time at which it ran: where in its header, and the flag that its checksum is a
# CRC-32.
_LZOP_FLAGS, _LZOP_MTIME, _LZOP_NAME, _LZOP_HEADER_CRC = 17, 25, 33, 0x1000


def compress(codec, data, *options, command=None):
    """The data, compressed; more options or a whole other command may be given."""
    words = list(command or COMMANDS[codec]) + list(options)
    packed = tools.run(words + ["-c"], data=data)
    return _without_time(packed) if codec == "lzo" else packed


def decompress(codec, data):
    """What a standard tool makes of a compressed file."""
    return tools.run(_DECODERS[codec], data=data)


def find_xz(data, start):
    """Finds the payload of a real kernel by trial: the first xz stream that can be decoded and that
    its size word follows. Returns where it starts, where the size word ends, what it holds.
    """
    while True:
        start = data.index(MAGICS["xz"], start)
        decoder = lzma.LZMADecompressor(lzma.FORMAT_XZ)
        try:
            unpacked = decoder.decompress(data[start:])
        except lzma.LZMAError:
            unpacked = b""
        if unpacked and decoder.unused_data.startswith(size_word(unpacked)):
            return start, len(data) - len(decoder.unused_data) + 4, unpacked
        start += 1


def xz_filter(data, *filters):
    """An xz stream through the given filters and LZMA2."""
    return compress(
        "xz",
        data,
        *filters,
        f"--lzma2=preset=0,{_DICT}",
        command=["xz", "--check=crc32", "--threads=1"],
    )


def size_word(data):
    """The four bytes that the kernel's build appends: the size before compression."""
    return struct.pack("<I", len(data) & 0xFFFFFFFF)


def payload(codec, data, *options):
    """What the kernel's build puts into an image: compressed, with the size word where the codec
    needs it.
    """
    return seal(codec, compress(codec, data, *options), data)


def seal(codec, packed, data):
    """The compressed data with the size word where the codec needs it."""
    return packed + size_word(data) if codec in SIZED else packed


def _without_time(packed):
    """lzop's header with a fixed time and its checksum made anew."""
    packed = tools.put(packed, _LZOP_MTIME, struct.pack(">I", tools.EPOCH))
    end = _LZOP_NAME + 1 + packed[_LZOP_NAME]
    flags = struct.unpack_from(">I", packed, _LZOP_FLAGS)[0]
    checksum = zlib.crc32 if flags & _LZOP_HEADER_CRC else zlib.adler32
    return tools.put(packed, end, struct.pack(">I", checksum(packed[9:end])))
