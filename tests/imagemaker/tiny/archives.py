# SPDX-License-Identifier: GPL-2.0-or-later
"""Initial RAM disks: cpio archives, several segments, and the old file systems."""

import struct

from .. import archive, codec
from ..manifest import Sample
from ..tools import pad, put


def samples():
    """All samples of this family."""
    yield from _cpios()
    yield from _bad_cpios()
    yield from _segments()
    yield from _file_systems()


def _cpios():
    names = {
        "newc": "newc (070701)",
        "crc": "crc (070702)",
        "odc": "odc (070707)",
        "bin": "binary, little-endian",
        "bin-be": "binary, big-endian",
    }
    for kind, what in names.items():
        word = "good" if kind in ("newc", "crc") else "unsupported"
        yield Sample(
            f"cpio/{word}-{kind}", archive.cpio(kind=kind), what, "cpio" if word == "good" else ""
        )
    yield Sample(
        "cpio/good-unpadded", archive.cpio(block=4), "no zeroes behind the trailer", "cpio"
    )
    yield Sample(
        "cpio/good-no-trailer",
        archive.cpio(trailer=False, block=4),
        "no trailer: the file ends",
        "cpio",
    )
    yield Sample("cpio/good-empty", archive.cpio([]), "a trailer alone", "cpio")
    yield Sample(
        "cpio/good-two",
        archive.cpio(archive.EARLY) + archive.cpio(),
        "two archives in a row",
        "initrd",
    )
    yield Sample(
        "cpio/good-link",
        archive.cpio(_hard_links()),
        "hard links: the last name has the data",
        "cpio",
    )
    yield Sample(
        "cpio/good-odd-names",
        archive.cpio(_odd_names()),
        "names with a space, a newline, and beyond ASCII",
        "cpio",
    )


def _hard_links():
    return [archive.Entry("a", archive.FILE), archive.Entry("b", archive.FILE, b"shared\n")]


def _odd_names():
    return [
        archive.Entry("two words", archive.FILE, b"1"),
        archive.Entry("line\nbreak", archive.FILE, b"2"),
        archive.Entry("caf\u00e9 \u4e2d", archive.FILE, b"3"),
    ]


def _bad_cpios():
    good = archive.cpio()
    first = good.index(b"init\0") - 110
    yield Sample("cpio/bad-truncated-header", good[: first + 50], "ends within a header")
    yield Sample("cpio/bad-truncated-data", good[: first + 120], "ends within a file")
    yield Sample("cpio/bad-size", put(good, first + 54, b"FFFFFFF0"), "a file's size overflows")
    yield Sample(
        "cpio/bad-name-size", put(good, first + 94, b"FFFFFFFF"), "a name's size overflows"
    )
    yield Sample("cpio/bad-name-size-0", put(good, first + 94, b"00000000"), "a name of no bytes")
    yield Sample("cpio/bad-digit", put(good, first + 54, b"0000zz1A"), "a field that is no number")
    yield Sample("cpio/bad-name-end", put(good, first + 114, b"x"), "a name without its NUL")
    yield Sample("cpio/bad-magic", put(good, first, b"070709"), "an unknown magic in the middle")
    crc = archive.cpio(kind="crc")
    data = crc.index(b"#!/bin/sh")
    yield Sample(
        "cpio/bad-checksum", put(crc, data + 2, b"?"), "a file does not match its checksum"
    )
    climbing = [
        archive.Entry("../../outside", archive.FILE, b"x"),
        archive.Entry("/absolute", archive.FILE, b"x"),
    ]
    yield Sample(
        "cpio/good-climbing",
        archive.cpio(climbing),
        "names that lead out of the folder: listed, not extracted",
        "cpio",
    )


def _segments():
    early, main = archive.cpio(archive.EARLY), archive.cpio()
    for name in codec.CODECS:
        packed = codec.compress(name, main)
        yield Sample(
            f"initrd/good-{name}",
            early + packed,
            f"an early archive as it is, then one packed with {name}",
            "initrd",
        )
        yield Sample(f"cpio/good-packed-{name}", packed, f"packed with {name}", f"cpio.{name}")
    packed = codec.compress("zstd", main)
    yield Sample(
        "initrd/good-padded",
        pad(early + bytes(1024), 4096) + packed + bytes(512),
        "zeroes between and behind",
        "initrd",
    )
    yield Sample(
        "initrd/good-packed-twice",
        codec.compress("gzip", early) + pad(packed, 4),
        "both segments packed",
        "initrd",
    )
    yield Sample(
        "initrd/bad-rest",
        early + b"\x5f\x27\x9c\x11" * 30,
        "what follows the first segment is nothing known",
    )
    yield Sample(
        "initrd/bad-second-truncated",
        early + packed[: len(packed) // 2],
        "the second segment ends early",
    )


def _file_systems():
    ext2 = archive.ext2()
    yield Sample("ext2/good-1k", ext2, "blocks of 1 KiB", "ext2")
    yield Sample("ext2/bad-truncated", ext2[: 20 * 1024], "shorter than its superblock says")
    yield Sample(
        "ext2/bad-block-size", put(ext2, 1024 + 24, struct.pack("<I", 77)), "a block size of 2^87"
    )
    for order, name in (("<", "little"), (">", "big")):
        yield Sample(f"cramfs/good-{name}", archive.cramfs(order), f"{name}-endian", "cramfs")
    cramfs = archive.cramfs()
    yield Sample("cramfs/bad-checksum", put(cramfs, 100, b"\xff"), "its checksum is wrong")
    yield Sample("cramfs/bad-size", put(cramfs, 4, b"\xf0\xff\xff\xff"), "larger than the file")
    romfs = archive.romfs()
    yield Sample("romfs/good-tiny", romfs, "with a folder, a file and a link", "romfs")
    yield Sample("romfs/bad-size", put(romfs, 8, b"\xff\xff\xff\xf0"), "larger than the file")
    for name in ("gzip", "xz", "zstd", "lz4", "lzo"):
        yield Sample(
            f"squashfs/good-{name}", archive.squashfs(name), f"version 4.0, {name}", "squashfs"
        )
    squashfs = archive.squashfs()
    yield Sample(
        "squashfs/bad-size", put(squashfs, 40, struct.pack("<Q", 1 << 40)), "larger than the file"
    )
    yield Sample(
        "squashfs/bad-table",
        put(squashfs, 64, struct.pack("<Q", 1 << 63)),
        "the inode table lies past the end",
    )
    yield Sample(
        "squashfs/unsupported-version", put(squashfs, 28, struct.pack("<H", 9)), "version 9"
    )
