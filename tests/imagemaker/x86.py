# SPDX-License-Identifier: GPL-2.0-or-later
"""x86 boot images: bzImage and zImage of each protocol version, older boot sectors, and a real
bzImage's repacking.

The layout is that of the kernel's Documentation/arch/x86/boot.rst.
"""

import struct
import zlib

from . import pe
from .kernel import RELEASE, code, version_text
from .tools import align, pad, put

SECTOR = 512
# Where the header of each protocol version ends.
HEADER_END = {
    0x200: 0x224,
    0x201: 0x226,
    0x202: 0x22C,
    0x203: 0x230,
    0x204: 0x230,
    0x205: 0x235,
    0x206: 0x23C,
    0x207: 0x248,
    0x208: 0x250,
    0x209: 0x258,
    0x20A: 0x264,
    0x20B: 0x268,
    0x20C: 0x268,
    0x20D: 0x268,
    0x20E: 0x26C,
    0x20F: 0x26C,
}
_PAYLOAD_FIELDS, _CHECKSUM, _KERNEL_INFO = 0x208, 0x208, 0x20F
# (offset, first version, format, value) of the fields whose values do not depend on the image.
_FIELDS = (
    (0x1F2, 0x200, "H", 1),
    (0x1FA, 0x200, "H", 0xFFFF),
    (0x20C, 0x200, "H", 0x1000),
    (0x22C, 0x203, "I", 0x7FFFFFFF),
    (0x230, 0x205, "I", 0x200000),
    (0x234, 0x205, "B", 1),
    (0x235, 0x20A, "B", 21),
    (0x238, 0x206, "I", 2047),
    (0x258, 0x20A, "Q", 0x1000000),
    (0x260, 0x20A, "I", 0x100000),
)
_VERSION_STRING = 0x300
_HEAD = code("x86", 6) + bytes(4)
_TAIL = code("x86", 3)

# The first instructions of the boot sectors from 0.01 to 2.4: mov ax,0x7c0; mov ds,ax; mov
# ax,0x9000; mov es,ax; ...
OLD_BOOT_CODE = bytes.fromhex("b8c0078ed8b800908ec0b9000129f629fffcf3a5ea19000090")


def kernel_info():
    """The structure that kernel_info_offset points to, since 2.15."""
    return b"LToP" + struct.pack("<III", 16, 16, 0x80000009)


def setup(
    version,
    system_size,
    *,
    high=True,
    sectors=1,
    swap_device=0,
    payload=(0, 0),
    info=0,
    release=RELEASE
):
    """Boot sector and setup code with the header of the given protocol version; system_size in
    bytes.
    """
    image = bytearray((sectors + 1) * SECTOR)
    paragraphs = align(system_size, 16) // 16
    image[0x1F1] = sectors
    if version >= 0x204:
        struct.pack_into("<I", image, 0x1F4, paragraphs)
    else:
        struct.pack_into("<HH", image, 0x1F4, paragraphs & 0xFFFF, swap_device)
    struct.pack_into(
        "<HBB4sH", image, 0x1FE, 0xAA55, 0xEB, HEADER_END[version] - 0x202, b"HdrS", version
    )
    for offset, since, form, value in _FIELDS:
        if version >= since:
            struct.pack_into("<" + form, image, offset, value)
    struct.pack_into("<H", image, 0x20E, _VERSION_STRING - SECTOR)
    struct.pack_into("<BHI", image, 0x211, int(high), 0x8000, 0x100000 if high else 0x1000)
    if version >= _PAYLOAD_FIELDS:
        struct.pack_into("<II", image, 0x248, *payload)
    if version >= 0x20C:
        struct.pack_into("<H", image, 0x236, 0x3F)
    if version >= _KERNEL_INFO:
        struct.pack_into("<I", image, 0x268, info)
    text = version_text(release) + b"\0"
    image[_VERSION_STRING : _VERSION_STRING + len(text)] = text
    return bytes(image)


def with_checksum(image):
    """The image with the CRC that the build appended up to 6.14: the whole file's CRC-32 register,
    not inverted.
    """
    return image + struct.pack("<I", zlib.crc32(image) ^ 0xFFFFFFFF)


def image(version, packed, *, decoy=b"", tail=_TAIL, checksum=True, **options):
    """A bzImage, or with high=False a zImage, around a packed payload.

    Before 2.08 no field says where the payload is; its length stands in front of it, and a decoy
    may, too.
    """
    front = _HEAD + decoy + (b"" if version >= _PAYLOAD_FIELDS else struct.pack("<I", len(packed)))
    info = kernel_info() if version >= _KERNEL_INFO else b""
    system = front + packed + tail
    summed = checksum and version >= _CHECKSUM
    system = system + info
    system += bytes(-(len(system) + (4 if summed else 0)) % 16)
    whole = (
        setup(
            version,
            len(system) + (4 if summed else 0),
            payload=(len(front), len(packed)),
            info=len(front + packed + tail),
            **options
        )
        + system
    )
    return with_checksum(whole) if summed else whole


def efi_image(version, packed, *, machine="x86_64", certificate=b""):
    """A bzImage with the EFI stub's PE header in its boot sector."""
    plain = image(version, packed)
    end = len(plain)
    start = struct.unpack_from("<B", plain, 0x1F1)[0] * SECTOR + SECTOR
    sections = [
        pe.Section(".setup", SECTOR, start - SECTOR, SECTOR, start - SECTOR),
        pe.Section(".text", start, end - start, start, end - start, pe.CODE),
    ]
    header = pe.headers(
        machine,
        sections,
        headers_end=SECTOR,
        image_size=align(end, 0x1000),
        entry=start + 0x10,
        file_alignment=0x20,
    )
    plain = put(plain[:-4], 0, b"MZ\xea\x07\x00\xc0\x07")
    plain = put(plain, 0x38, struct.pack("<II", pe.LINUX_MAGIC, 0x40) + header)
    plain = with_checksum(plain)
    if not certificate:
        return plain
    # Signing comes last: the checksum is that of the image without a certificate table.
    where, _, _ = pe.security_directory(plain)
    return (
        pad(put(plain, where, struct.pack("<II", align(end, 8), len(certificate))), 8) + certificate
    )


def boot_sector_image(system, *, sectors=4, first=OLD_BOOT_CODE, stored_sectors=None):
    """An image from before protocol 2.00: boot sector, setup code, system; only setup_sects,
    syssize and 0xAA55.
    """
    boot = bytearray(SECTOR)
    boot[: len(first)] = first
    boot[0x1F1] = sectors if stored_sectors is None else stored_sectors
    struct.pack_into("<HH", boot, 0x1F2, 1, align(len(system), 16) // 16)
    struct.pack_into("<HHH", boot, 0x1FA, 0xFFFF, 0x301, 0xAA55)
    text = code("x86", 60).ljust(sectors * SECTOR, b"\0")
    return bytes(boot) + text + pad(system, 16)


class RealImage:
    """A real bzImage, unsigned, its payload to be replaced."""

    def __init__(self, data):
        where, start, size = pe.security_directory(data)
        if size:
            data = put(put(data[:start], where, bytes(8)), pe.optional_header(data) + 64, bytes(4))
        self.start = (data[0x1F1] or 4) * SECTOR + SECTOR
        self.data = data[: self.start + struct.unpack_from("<I", data, 0x1F4)[0] * 16]
        offset, self.length = struct.unpack_from("<II", data, 0x248)
        self.offset = self.start + offset

    @property
    def payload(self):
        """The payload as stored, with its size word."""
        return self.data[self.offset : self.offset + self.length]

    @property
    def setup(self):
        """Boot sector and setup code."""
        return self.data[: self.start]

    def repack(self, packed):
        """The image with another payload; the rest moves by whole pages, so that all alignment
        stays.
        """
        grown = align(len(packed) - self.length, 4096)
        slot = packed.ljust(self.length + grown, b"\0")
        end = self.offset + self.length
        image = bytearray(self.data[: self.offset] + slot + self.data[end:-4])
        struct.pack_into("<I", image, 0x24C, len(packed))
        struct.pack_into("<I", image, 0x1F4, (len(image) + 4 - self.start) // 16)
        for field in (0x264, 0x268):
            _move(image, field, end - self.start, grown)
        self._move_pe(image, end, grown)
        return with_checksum(bytes(image))

    @staticmethod
    def _move_pe(image, end, grown):
        """Sections behind the payload move, the one around it grows."""
        optional = pe.optional_header(image)
        for field, old_end in ((4, 0), (16, end), (56, 0)):
            _move(image, optional + field, old_end, grown)
        for header in pe.section_headers(image):
            virtual_size, address, size, offset = struct.unpack_from("<IIII", image, header + 8)
            if offset >= end:
                address, offset = address + grown, offset + grown
            elif offset + size > end:
                virtual_size, size = virtual_size + grown, size + grown
            struct.pack_into("<IIII", image, header + 8, virtual_size, address, size, offset)


def _move(image, field, end, grown):
    """Adds to a 32-bit field that points behind the end."""
    value = struct.unpack_from("<I", image, field)[0]
    if value >= max(end, 1):
        struct.pack_into("<I", image, field, value + grown)
