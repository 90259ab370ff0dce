# SPDX-License-Identifier: GPL-2.0-or-later
"""Initial RAM disks by the standard tools."""

from .. import archive, codec
from ..manifest import Sample


def samples(_):
    """All samples of this family; they need no kernel."""
    main = archive.cpio(archive.LARGE)
    early = archive.cpio(archive.EARLY)
    for kind in ("newc", "crc"):
        yield Sample(f"initrd/gnu-{kind}", archive.gnu_cpio(kind), f"GNU cpio -H {kind}", "cpio")
    for name in codec.CODECS:
        packed = codec.compress(name, main)
        yield Sample(
            f"initrd/cpio.{name}",
            packed,
            f"newc, packed with {name}",
            f"cpio.{name}",
            {"payload": main},
        )
        yield Sample(
            f"initrd/early-{name}",
            early + packed,
            f"an early archive, then one packed with {name}",
            "initrd",
        )
    yield Sample(
        "initrd/cpio.xz-delta",
        codec.xz_filter(main, "--delta=dist=4"),
        "newc, xz with the delta filter",
        "cpio.xz",
        {"payload": main},
    )
    yield Sample("initrd/ext2", archive.ext2(4096), "mke2fs", "ext2")
    yield Sample(
        "initrd/ext2.gzip",
        codec.compress("gzip", archive.ext2(4096)),
        "mke2fs, packed",
        "ext2.gzip",
    )
    yield Sample("initrd/cramfs", archive.mkfs_cramfs(), "mkfs.cramfs", "cramfs")
    yield Sample("initrd/romfs", archive.romfs(), "genromfs", "romfs")
    for name in ("gzip", "lzo", "lz4", "xz", "zstd"):
        yield Sample(
            f"initrd/squashfs-{name}",
            archive.squashfs(name),
            f"mksquashfs -comp {name}",
            "squashfs",
        )
