# SPDX-License-Identifier: GPL-2.0-or-later
"""Initial RAM disks: cpio archives of each kind, and the old file systems."""

import struct
from dataclasses import dataclass
from pathlib import Path
import os
import tempfile
import zlib

from . import tools
from .tools import EPOCH, pad, put

DIRECTORY, FILE, SYMLINK, CHARACTER = 0o040755, 0o100755, 0o120777, 0o020600


@dataclass(frozen=True)
class Entry:
    """One member of an archive."""

    name: str
    mode: int
    data: bytes = b""
    device: tuple = (0, 0)


TREE = (
    Entry(".", DIRECTORY),
    Entry("dev", DIRECTORY),
    Entry("dev/console", CHARACTER, device=(5, 1)),
    Entry("init", FILE, b"#!/bin/sh\nexec /sbin/init\n"),
    Entry("linuxrc", SYMLINK, b"init"),
    Entry("etc", DIRECTORY),
    Entry("etc/hostname", FILE, b"tiny\n"),
)
EARLY = (
    Entry("kernel", DIRECTORY),
    Entry("kernel/x86", DIRECTORY),
    Entry("kernel/x86/microcode", DIRECTORY),
    Entry("kernel/x86/microcode/GenuineIntel.bin", FILE, bytes(range(256)) * 4),
)

# A tree of about a megabyte.
LARGE = TREE + tuple(
    Entry(
        f"etc/file{number}", FILE, b"".join(b"%d: line\n" % line for line in range(number * 10000))
    )
    for number in range(1, 4)
)


def cpio(entries=TREE, kind="newc", trailer=True, block=512):
    """A cpio archive: newc (070701), crc (070702), odc (070707), or binary in either byte order
    (bin, bin-be).
    """
    member = {"newc": _newc, "crc": _crc, "odc": _odc, "bin": _binary_le, "bin-be": _binary_be}[
        kind
    ]
    listed = list(entries) + ([Entry("TRAILER!!!", 0)] if trailer else [])
    return pad(b"".join(member(number, entry) for number, entry in enumerate(listed, 1)), block)


def _links(entry):
    return 2 if entry.mode & 0o170000 == 0o040000 else 1


def _newc(number, entry, magic=b"070701", checksum=0):
    if entry.mode == 0:
        number = 0
    fields = (
        number,
        entry.mode,
        0,
        0,
        _links(entry),
        EPOCH if entry.mode else 0,
        len(entry.data),
        0,
        0,
        *entry.device,
        len(entry.name.encode()) + 1,
        checksum,
    )
    head = magic + b"".join(b"%08X" % field for field in fields) + entry.name.encode() + b"\0"
    return pad(head, 4) + pad(entry.data, 4)


def _crc(number, entry):
    plain = entry.mode & 0o170000 == 0o100000
    return _newc(number, entry, b"070702", sum(entry.data) & 0xFFFFFFFF if plain else 0)


def _odc(number, entry):
    device = entry.device[0] << 8 | entry.device[1]
    head = b"070707%06o%06o%06o%06o%06o%06o%06o%011o%06o%011o" % (
        0,
        number,
        entry.mode,
        0,
        0,
        _links(entry),
        device,
        EPOCH,
        len(entry.name.encode()) + 1,
        len(entry.data),
    )
    return head + entry.name.encode() + b"\0" + entry.data


def _binary(order, number, entry):
    device = entry.device[0] << 8 | entry.device[1]
    size = len(entry.data)
    words = (
        0o070707,
        0,
        number,
        entry.mode,
        0,
        0,
        _links(entry),
        device,
        EPOCH >> 16,
        EPOCH & 0xFFFF,
        len(entry.name.encode()) + 1,
        size >> 16,
        size & 0xFFFF,
    )
    return pad(struct.pack(order + "13H", *words) + entry.name.encode() + b"\0", 2) + pad(
        entry.data, 2
    )


def _binary_le(number, entry):
    return _binary("<", number, entry)


def _binary_be(number, entry):
    return _binary(">", number, entry)


def _stage(top):
    """Writes the tree, without its device, below a folder."""
    for entry in TREE[1:]:
        path = top / entry.name
        kind = entry.mode & 0o170000
        if kind == 0o040000:
            path.mkdir(mode=0o755)
        elif kind == 0o100000:
            path.write_bytes(entry.data)
            path.chmod(0o755)
        elif kind == 0o120000:
            path.symlink_to(entry.data.decode())
    for path in [*top.rglob("*"), top]:
        os.utime(path, (EPOCH, EPOCH), follow_symlinks=False)


def _from_tree(command, output="image"):
    """What a command makes of the staged tree."""
    with tempfile.TemporaryDirectory(prefix="kimg-make.") as folder:
        tree = Path(folder) / "tree"
        tree.mkdir(mode=0o755)
        _stage(tree)
        tools.run(command, cwd=folder)
        return (Path(folder) / output).read_bytes()


def gnu_cpio(kind="newc"):
    """The staged tree as GNU cpio writes it."""
    script = (
        "cd tree && find . | LC_ALL=C sort |"
        f" cpio --quiet --reproducible -R 0:0 -o -H {kind} > ../image"
    )
    return _from_tree(["sh", "-c", script])


def ext2(blocks=60):
    """An ext2 file system of 1 KiB blocks with one file."""
    command = [
        "mke2fs",
        "-q",
        "-F",
        "-t",
        "ext2",
        "-b",
        "1024",
        "-N",
        "16",
        "-I",
        "128",
        "-m",
        "0",
        "-O",
        "^resize_inode,^dir_index,^ext_attr",
        "-U",
        "00000000-0000-4000-8000-000000000001",
        "-E",
        "hash_seed=00000000-0000-4000-8000-000000000002,root_owner=0:0,nodiscard",
        "-L",
        "tiny",
    ]
    script = (
        f"{' '.join(command)} image {blocks} && debugfs -w -R 'write init init' image &&"
        f" truncate -s {blocks}K image"
    )
    return tools.make(["sh", "-c", script], {"init": TREE[3].data}, "image")


def squashfs(compression="gzip"):
    """A squashfs 4.0 file system."""
    return _from_tree(
        [
            "mksquashfs",
            "tree",
            "image",
            "-quiet",
            "-no-progress",
            "-comp",
            compression,
            "-all-root",
            "-processors",
            "1",
            "-b",
            "4096",
            "-nopad",
        ]
    )


def romfs():
    """A romfs file system."""
    return _from_tree(["genromfs", "-f", "image", "-d", "tree", "-V", "tiny"])


def mkfs_cramfs():
    """A cramfs file system by util-linux."""
    return _from_tree(["mkfs.cramfs", "tree", "image"])


def cramfs(order="<"):
    """A cramfs file system with one file, written here, as no tool writes both byte orders in
    Debian 12.
    """
    content = b"#!/bin/sh\nexec /sbin/init\n"
    packed = zlib.compress(content, 9)
    root_at, file_at, pointers = 64, 76, 96
    data = struct.pack(order + "I", pointers + 4 + len(packed)) + packed
    entry = _cramfs_inode(order, FILE, len(content), 4, pointers) + b"init\0\0\0\0"[:4]
    head = struct.pack(order + "IIII", 0x28CD3D45, 4096, 3, 0) + b"Compressed ROMFS"
    head += struct.pack(order + "IIII", 0, 0, 1, 2) + b"tiny".ljust(16, b"\0")
    root = _cramfs_inode(order, DIRECTORY, len(entry), 0, file_at)
    image = (head + root + entry).ljust(pointers, b"\0") + data
    assert len(head) == root_at
    image = image.ljust(4096, b"\0")
    return put(image, 32, struct.pack(order + "I", zlib.crc32(image)))


def _cramfs_inode(order, mode, size, name_length, offset):
    """mode:16 uid:16, size:24 gid:8, name words:6 offset words:26, with bit fields from the byte
    order's own end.
    """
    name = name_length // 4
    words = offset // 4
    if order == "<":
        return struct.pack("<HHII", mode, 0, size, words << 6 | name)
    return struct.pack(">HHII", mode, 0, size << 8, name << 26 | words)
