# SPDX-License-Identifier: GPL-2.0-or-later
"""Android boot images of header version 0 to 4, and vendor_boot of version 3 and 4, from AOSP's
description.
"""

import hashlib
import struct

from .tools import pad

_OS_VERSION = (13 << 25) | ((2023 - 2000) << 4 | 1)
_HEADER_SIZES = {1: 1648, 2: 1660, 3: 1580, 4: 1584}


def boot(
    version,
    kernel,
    ramdisk=b"",
    *,
    cmdline="console=ttyS0",
    page=2048,
    second=b"",
    recovery_dtbo=b"",
    dtb=b"",
    signature=b""
):
    """A boot image."""
    if version >= 3:
        return _boot_v3(version, kernel, ramdisk, cmdline, signature)
    base = 0x10000000
    parts = [kernel, ramdisk, second] + [recovery_dtbo] * (version >= 1) + [dtb] * (version >= 2)
    digest = hashlib.sha1(b"".join(part + struct.pack("<I", len(part)) for part in parts)).digest()
    text = cmdline.encode()
    header = b"ANDROID!" + struct.pack(
        "<IIIIIIIIII",
        len(kernel),
        base + 0x8000,
        len(ramdisk),
        base + 0x1000000,
        len(second),
        base + 0xF00000,
        base + 0x100,
        page,
        version,
        _OS_VERSION,
    )
    header += struct.pack("<16s512s32s1024s", b"tiny", text[:511], digest, text[511:])
    if version >= 1:
        where = (
            page * (1 + sum(len(pad(part, page)) // page for part in parts[:3]))
            if recovery_dtbo
            else 0
        )
        header += struct.pack("<IQI", len(recovery_dtbo), where, _HEADER_SIZES[version])
    if version >= 2:
        header += struct.pack("<IQ", len(dtb), base + 0x1F00000)
    return b"".join(pad(part, page) for part in [header, *parts])


def _boot_v3(version, kernel, ramdisk, cmdline, signature):
    header = b"ANDROID!" + struct.pack(
        "<IIII16xI1536s",
        len(kernel),
        len(ramdisk),
        _OS_VERSION,
        _HEADER_SIZES[version],
        version,
        cmdline.encode(),
    )
    if version >= 4:
        header += struct.pack("<I", len(signature))
    return b"".join(pad(part, 4096) for part in (header, kernel, ramdisk, signature))


def vendor_boot(
    version, ramdisks, dtb, *, cmdline="androidboot.hardware=tiny", page=4096, bootconfig=b""
):
    """A vendor_boot image; ramdisks are (name, type, bytes), of which version 3 has one."""
    base = 0x10000000
    whole = b"".join(data for _, _, data in ramdisks)
    size = 2112 if version == 3 else 2128
    header = b"VNDRBOOT" + struct.pack(
        "<IIIII2048sI16sIIQ",
        version,
        page,
        base + 0x8000,
        base + 0x1000000,
        len(whole),
        cmdline.encode(),
        base + 0x100,
        b"tiny",
        size,
        len(dtb),
        base + 0x1F00000,
    )
    parts = [whole, dtb]
    if version >= 4:
        table = _ramdisk_table(ramdisks)
        header += struct.pack("<IIII", len(table), len(ramdisks), 108, len(bootconfig))
        parts += [table, bootconfig]
    return b"".join(pad(part, page) for part in [header, *parts])


def _ramdisk_table(ramdisks):
    rows, offset = b"", 0
    for name, kind, data in ramdisks:
        rows += struct.pack("<III32s64x", len(data), offset, kind, name.encode())
        offset += len(data)
    return rows
