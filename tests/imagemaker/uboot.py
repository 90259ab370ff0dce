# SPDX-License-Identifier: GPL-2.0-or-later
"""U-Boot's images, made by mkimage: the old uImage and the flattened image tree (FIT)."""

import struct
import zlib
from pathlib import Path

from . import tools

UIMAGE_HEADER = 64
# mkimage's names of the codecs.
COMPRESSIONS = {
    "gzip": "gzip",
    "bzip2": "bzip2",
    "lzma": "lzma",
    "lzo": "lzo",
    "lz4": "lz4",
    "zstd": "zstd",
    None: "none",
}


def uimage(
    pieces, *, kind="kernel", compression=None, arch="arm64", name="Linux-tiny", load=0x80000
):
    """A uImage of the (already compressed) pieces; only type multi has more than one."""
    inputs = {f"piece{number}": piece for number, piece in enumerate(pieces)}
    files = ":".join(inputs)
    return tools.make(
        [
            "mkimage",
            "-A",
            arch,
            "-O",
            "linux",
            "-T",
            kind,
            "-C",
            COMPRESSIONS[compression],
            "-a",
            f"{load:#x}",
            "-e",
            f"{load:#x}",
            "-n",
            name,
            "-d",
            files,
            "out",
        ],
        inputs,
    )


def uimage_fields(image, **changes):
    """A uImage with header fields changed and its header checksum made right again."""
    places = {
        "size": (12, ">I"),
        "os": (28, "B"),
        "arch": (29, "B"),
        "type": (30, "B"),
        "comp": (31, "B"),
    }
    for field, value in changes.items():
        offset, form = places[field]
        image = tools.put(image, offset, struct.pack(form, value))
    return uimage_checksum(image)


def uimage_checksum(image):
    """A uImage with its header checksum made right."""
    header = tools.put(image[:UIMAGE_HEADER], 4, bytes(4))
    return tools.put(image, 4, struct.pack(">I", zlib.crc32(header)))


class Fit:
    """The source of a FIT, and mkimage's call for it."""

    def __init__(self, description="tiny"):
        self.description = description
        self.images, self.inputs, self.configurations = [], {}, []

    def image(
        self,
        name,
        data,
        kind,
        *,
        compression="none",
        hashes=("crc32", "sha1"),
        arch="arm64",
        more="",
    ):
        """Adds an image node; kind is U-Boot's type name."""
        lines = "".join(
            f'hash-{number} {{ algo = "{algo}"; }};' for number, algo in enumerate(hashes, 1)
        )
        place = "load = <0x80000>; entry = <0x80000>;" if kind == "kernel" else ""
        self.inputs[f"{name}.bin"] = data
        self.images.append(
            f'{name} {{ description = "{name}"; data = /incbin/("{name}.bin"); type = "{kind}"; '
            f'arch = "{arch}"; os = "linux"; compression = "{compression}"; '
            f"{place} {lines} {more} }};"
        )
        return self

    def configuration(self, name, **members):
        """Adds a configuration; members are property = "value", and more is taken as it is."""
        more = members.pop("more", "")
        lines = "".join(f'{key} = "{value}";' for key, value in members.items())
        self.configurations.append(f"{name} {{ {lines} {more} }};")
        return self

    def source(self):
        """The .its text; the first configuration is the default."""
        default = self.configurations[0].split()[0] if self.configurations else ""
        chosen = f'default = "{default}";' if default else ""
        return (
            f'/dts-v1/; / {{ description = "{self.description}"; #address-cells = <1>;'
            f'images {{ {" ".join(self.images)} }};'
            f'configurations {{ {chosen} {" ".join(self.configurations)} }}; }};'
        )

    def build(self, *options, keys=None):
        """The FIT as mkimage makes it; keys is a folder for signing."""
        inputs = dict(self.inputs, **{"fit.its": self.source().encode()})
        if keys:
            options = (*options, "-k", "keys")
            inputs["keys"] = Path(keys)
        return tools.make(["mkimage", *options, "-f", "fit.its", "out"], inputs)


def device_tree(text='compatible = "kimg,tiny"; chosen { bootargs = "quiet"; };', *options):
    """A device tree blob, by dtc."""
    source = f"/dts-v1/; / {{ {text} }};".encode()
    return tools.run(["dtc", "-q", "-I", "dts", "-O", "dtb", *options], data=source)
