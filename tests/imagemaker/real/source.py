# SPDX-License-Identifier: GPL-2.0-or-later
"""The real kernels that fixtures are made from: recognised and taken apart by the standard tools.
"""

import hashlib
import re
import struct

from .. import codec, elf, flat, pe, x86

_BANNER = re.compile(rb"Linux version ([0-9][^ ]+) \(")


class Kernel:
    """One kernel, unpacked: image is the file (unsigned), kernel its innermost kernel."""

    def __init__(self, family, image, kernel, real=None):
        self.family, self.image, self.kernel, self.real = family, image, kernel, real

    @property
    def release(self):
        """What uname -r would say."""
        return _BANNER.search(self.kernel)[1].decode()


class Sources:
    """The kernels given, by family, and what was packed from them: nothing is packed twice."""

    def __init__(self, paths):
        self._packed = {}
        self.kernels = {}
        for path in paths:
            kernel = recognise(path.read_bytes(), path)
            self.kernels.setdefault(kernel.family, kernel)

    def __getattr__(self, family):
        try:
            return self.kernels[family]
        except KeyError:
            raise AttributeError(f"no kernel of family {family} was given") from None

    def has(self, family):
        """Whether a kernel of the family was given."""
        return family in self.kernels

    def pack(self, name, data, *options):
        """codec.compress, remembered."""
        key = (name, options, hashlib.sha1(data).digest())
        if key not in self._packed:
            self._packed[key] = codec.compress(name, data, *options)
        return self._packed[key]

    def payload(self, name, data):
        """codec.payload, remembered."""
        return codec.seal(name, self.pack(name, data), data)


def recognise(data, path="kernel"):
    """The Kernel in a file: family x86_64, i386, arm64, arm, s390, mips or elf."""
    if data[0x202:0x206] == b"HdrS":
        return _x86(data)
    if data[0x38:0x3C] == b"ARM\x64":
        image = unsigned(data)
        return Kernel("arm64", image, image)
    if data[0x24:0x28] == struct.pack("<I", 0x016F2818):
        real = flat.RealZimage(data)
        return Kernel("arm", data, real.kernel, real)
    if data[0x10008:0x1000E] == b"S390EP":
        real = flat.RealS390(data)
        return Kernel("s390", data, real.kernel, real)
    if data[:4] == b"\x7fELF" and _BANNER.search(data):
        return Kernel("elf", data, data)
    if data[:4] == b"\x7fELF":
        return Kernel("mips", data, codec.find_xz(data, 0)[2])
    raise ValueError(f"{path}: an x86, arm64, ARM, s390, MIPS or ELF kernel is needed")


def _x86(data):
    real = x86.RealImage(data)
    stored = real.payload
    name = next(name for name, magic in codec.MAGICS.items() if stored.startswith(magic))
    unpacked = codec.decompress(name, stored if name == "gzip" else stored[:-4])
    kernel = unpacked[: elf.end_of(unpacked)]
    found = Kernel("x86_64" if kernel[4] == 2 else "i386", real.data, kernel, real)
    found.payload = unpacked
    return found


def unsigned(data):
    """A PE image without its certificate table and its checksum."""
    where, start, size = pe.security_directory(data)
    if not size:
        return data
    data = flat.with_field(data[:start], where, "<Q", 0)
    return flat.with_field(data, pe.optional_header(data) + 64, "<I", 0)
