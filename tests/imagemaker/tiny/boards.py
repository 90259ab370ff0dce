# SPDX-License-Identifier: GPL-2.0-or-later
"""What boot loaders of boards read: uImage, FIT, Android boot images, device trees."""

import struct
import zlib

from .. import android, archive, codec, flat, kernel, uboot
from ..manifest import Sample
from ..tools import put

_IMAGE = flat.image_arm64(kernel.raw("arm64"), efi=True)
_PACKED = codec.compress("gzip", _IMAGE)
_INITRD = codec.compress("gzip", archive.cpio())
_DTB = uboot.device_tree()


def samples():
    """All samples of this family."""
    yield from _uimages()
    yield from _bad_uimages()
    yield from _fits()
    yield from _bad_fits()
    yield from _androids()
    yield from _bad_androids()
    yield from _device_trees()


def _uimages():
    for name in uboot.COMPRESSIONS:
        packed = codec.compress(name, _IMAGE) if name else _IMAGE
        yield Sample(
            f"uimage/good-kernel-{name or 'none'}",
            uboot.uimage([packed], compression=name),
            f"a kernel, compression {name or 'none'}",
            "uimage",
            {"kernel": _IMAGE, "payload": _IMAGE},
        )
    single = {
        "ramdisk": ("initrd", _INITRD),
        "firmware": ("payload", kernel.code("arm", 20)),
        "standalone": ("payload", kernel.code("arm", 20)),
        "filesystem": ("payload", archive.romfs()),
        "kernel_noload": ("kernel", _IMAGE),
    }
    for kind, (part, data) in single.items():
        expected = archive.cpio() if part == "initrd" else data
        yield Sample(
            f"uimage/good-{kind.replace('_', '-')}",
            uboot.uimage([data], kind=kind),
            f"type {kind}",
            "uimage",
            {part: expected},
        )
    tree = uboot.uimage_fields(uboot.uimage([_DTB], kind="ramdisk"), type=8)
    yield Sample(
        "uimage/good-flat-dt",
        tree,
        "type flat_dt (mkimage now makes a FIT of it)",
        "uimage",
        {"dtb": _DTB},
    )
    yield Sample(
        "uimage/good-script",
        uboot.uimage([b"bootm 0x80000\n"], kind="script"),
        "type script, whose data opens with a table of sizes",
        "uimage",
        {"payload": b"bootm 0x80000\n"},
    )
    multi = uboot.uimage([_PACKED, _INITRD, _DTB], kind="multi", compression="gzip")
    yield Sample(
        "uimage/good-multi",
        multi,
        "type multi: kernel, initrd, device tree",
        "uimage",
        {"kernel": _IMAGE, "initrd": archive.cpio(), "dtb": _DTB},
    )
    odd = uboot.uimage([b"a" * 5, b"b" * 3, b"c"], kind="multi")
    yield Sample(
        "uimage/good-multi-padding",
        odd,
        "type multi: parts of 5, 3 and 1 bytes, each padded to 4",
        "uimage",
    )
    yield Sample(
        "uimage/good-long-name",
        uboot.uimage([_IMAGE], name="N" * 32),
        "the name fills its field, no NUL",
        "uimage",
        {"kernel": _IMAGE},
    )


def _bad_uimages():
    good = uboot.uimage([_PACKED], compression="gzip")
    yield Sample(
        "uimage/bad-header-checksum",
        put(good, 5, bytes([good[5] ^ 1])),
        "the header's checksum is wrong",
    )
    yield Sample(
        "uimage/bad-data-checksum",
        uboot.uimage_checksum(put(good, 24, b"\0\0\0\0")),
        "the data's checksum is wrong",
    )
    yield Sample(
        "uimage/bad-size",
        uboot.uimage_fields(good, size=0xFFFFFFF0),
        "the size is larger than the file",
    )
    yield Sample("uimage/bad-truncated", good[:-100], "ends within the data")
    yield Sample("uimage/bad-truncated-header", good[:40], "ends within the header")
    yield Sample(
        "uimage/bad-compression", uboot.uimage_fields(good, comp=3), "says lzma, holds gzip"
    )
    yield Sample(
        "uimage/unsupported-compression",
        uboot.uimage_fields(good, comp=77),
        "a compression that does not exist",
    )
    multi = uboot.uimage([b"a" * 5, b"b" * 3], kind="multi")
    yield Sample(
        "uimage/bad-multi-size",
        _with_data_checksum(put(multi, 64, b"\xff\xff\xff\xf0")),
        "a part's size overflows",
    )
    yield Sample(
        "uimage/bad-multi-no-end",
        _with_data_checksum(multi[:64] + struct.pack(">III", 4, 4, 4)),
        "the table of sizes has no end",
    )


def _with_data_checksum(image):
    data = image[uboot.UIMAGE_HEADER :]
    image = put(image, 24, struct.pack(">I", zlib.crc32(data)))
    return uboot.uimage_fields(image, size=len(data))


def _fit():
    return (
        uboot.Fit()
        .image("kernel", _PACKED, "kernel", compression="gzip")
        .image("fdt-1", _DTB, "flat_dt")
        .image("ramdisk-1", _INITRD, "ramdisk")
        .configuration(
            "conf-1", description="tiny", kernel="kernel", fdt="fdt-1", ramdisk="ramdisk-1"
        )
    )


_FIT_PARTS = {"kernel": _IMAGE, "dtb": _DTB, "initrd": archive.cpio()}


def _fits():
    yield Sample("fit/good-internal", _fit().build(), "data in the tree", "fit", _FIT_PARTS)
    yield Sample(
        "fit/good-external",
        _fit().build("-E"),
        "data behind the tree (data-offset)",
        "fit",
        _FIT_PARTS,
    )
    yield Sample(
        "fit/good-position",
        _fit().build("-E", "-p", "0x1000"),
        "data at a fixed place (data-position)",
        "fit",
        _FIT_PARTS,
    )
    yield Sample(
        "fit/good-aligned",
        _fit().build("-E", "-B", "0x200"),
        "data behind the tree, aligned to 512",
        "fit",
        _FIT_PARTS,
    )
    every = uboot.Fit().image(
        "kernel", _IMAGE, "kernel", hashes=("crc32", "md5", "sha1", "sha256", "sha384", "sha512")
    )
    yield Sample(
        "fit/good-hashes",
        every.configuration("conf", kernel="kernel").build(),
        "all hash algorithms",
        "fit",
        {"kernel": _IMAGE},
    )
    plain = uboot.Fit().image("kernel", _IMAGE, "kernel", hashes=())
    yield Sample(
        "fit/good-no-configuration",
        plain.build(),
        "no configuration, no hash",
        "fit",
        {"kernel": _IMAGE},
    )
    for name in codec.CODECS:
        if name == "xz":
            continue
        packed = codec.compress(name, _IMAGE)
        fit = (
            uboot.Fit()
            .image("kernel", packed, "kernel", compression=name)
            .configuration("conf", kernel="kernel")
        )
        yield Sample(
            f"fit/good-{name}",
            fit.build(),
            f"kernel, compression {name}",
            "fit",
            {"kernel": _IMAGE},
        )
    several = (
        _fit()
        .image("fdt-2", uboot.device_tree('compatible = "kimg,other";'), "flat_dt")
        .image("script", b"echo tiny\n", "script")
        .configuration("conf-2", description="other", kernel="kernel", fdt="fdt-2")
    )
    yield Sample(
        "fit/good-configurations",
        several.build(),
        "two configurations, five images",
        "fit",
        _FIT_PARTS,
    )


def _bad_fits():
    good = _fit().build()
    yield Sample("fit/bad-truncated", good[: len(good) // 2], "ends within the tree")
    yield Sample(
        "fit/bad-total-size", put(good, 4, b"\xff\xff\xff\xf0"), "totalsize is larger than the file"
    )
    yield Sample(
        "fit/bad-struct-offset",
        put(good, 8, b"\xff\xff\xff\xf0"),
        "off_dt_struct lies past the end",
    )
    yield Sample(
        "fit/bad-hash",
        good.replace(_DTB, put(_DTB, len(_DTB) - 1, b"\x01")),
        "an image does not match its hash",
    )
    external = _fit().build("-E")
    for name, field in (("data-offset", b"data-offset"), ("data-size", b"data-size")):
        yield Sample(
            f"fit/bad-{name}",
            _with_property(external, field, 0x7FFFFFF0),
            f"{name} lies past the end",
        )
    yield Sample(
        "fit/bad-data-offset-negative",
        _with_property(external, b"data-offset", 0xFFFFFFF0),
        "data-offset overflows",
    )
    dangling = (
        uboot.Fit().image("kernel", _IMAGE, "kernel").configuration("conf", kernel="kernel").build()
    )
    place = dangling.index(b"kernel\0", dangling.index(b"configurations\0"))
    yield Sample(
        "fit/bad-configuration",
        put(dangling, place, b"kernex"),
        "the configuration names an image that is not there",
    )


def _with_property(fit, name, value):
    """A FIT with another value in the first property of the name, which must be a cell."""
    strings = struct.unpack_from(">I", fit, 12)[0]
    number = fit.index(name + b"\0", strings) - strings
    place = fit.index(struct.pack(">III", 3, 4, number))
    return put(fit, place + 12, struct.pack(">I", value))


def _androids():
    cpio = archive.cpio()
    for version in range(5):
        parts = {"kernel": _IMAGE, "initrd": cpio, "cmdline": b"console=ttyS0"}
        options = {}
        if version <= 2:
            options["second"] = parts["second"] = kernel.code("arm", 10)
        if version in (1, 2):
            options["recovery_dtbo"] = parts["recovery-dtbo"] = _DTB
        if version == 2:
            options["dtb"] = parts["dtb"] = _DTB
        if version == 4:
            options["signature"] = parts["signature"] = bytes(range(256)) * 16
        image = android.boot(version, _IMAGE, _INITRD, **options)
        yield Sample(
            f"android/good-boot-v{version}",
            image,
            f"boot image, header version {version}",
            "android-boot",
            parts,
        )
    yield Sample(
        "android/good-boot-v0-page-4096",
        android.boot(0, _PACKED, _INITRD, page=4096, cmdline="x" * 600),
        "4 KiB pages, a packed kernel, a command line that goes on in extra_cmdline",
        "android-boot",
        {"kernel": _IMAGE, "initrd": cpio, "cmdline": b"x" * 600},
    )
    yield Sample(
        "android/good-boot-v3-no-ramdisk",
        android.boot(3, _PACKED),
        "no ramdisk",
        "android-boot",
        {"kernel": _IMAGE},
    )
    yield Sample(
        "android/good-vendor-v3",
        android.vendor_boot(3, [("", 0, _INITRD)], _DTB),
        "vendor_boot, version 3",
        "vendor-boot",
        {"initrd": cpio, "dtb": _DTB, "cmdline": b"androidboot.hardware=tiny"},
    )
    disks = [
        ("platform", 1, _INITRD),
        ("dlkm", 3, codec.compress("lz4", archive.cpio(archive.EARLY))),
    ]
    yield Sample(
        "android/good-vendor-v4",
        android.vendor_boot(4, disks, _DTB, bootconfig=b"a=1\n"),
        "vendor_boot, version 4: two ramdisks and a boot configuration",
        "vendor-boot",
        {"dtb": _DTB, "bootconfig": b"a=1\n"},
    )


def _bad_androids():
    good = android.boot(2, _IMAGE, _INITRD, dtb=_DTB)
    for name, offset, value, what in (
        ("kernel-size", 8, 0xFFFFFFF0, "the kernel runs past the end"),
        ("ramdisk-size", 16, 0xFFFFFFF0, "the ramdisk runs past the end"),
        ("page-size-0", 36, 0, "page size 0"),
        ("page-size-odd", 36, 1000, "page size is no power of two"),
        ("page-size-huge", 36, 0x80000000, "page size 2 GiB"),
    ):
        yield Sample(f"android/bad-{name}", flat.with_field(good, offset, "<I", value), what)
    yield Sample("android/bad-truncated", good[:3000], "ends within the kernel")
    yield Sample("android/bad-truncated-header", good[:50], "ends within the header")
    yield Sample(
        "android/unsupported-version", flat.with_field(good, 40, "<I", 99), "header version 99"
    )
    vendor = android.vendor_boot(4, [("platform", 1, _INITRD)], _DTB)
    yield Sample(
        "android/bad-vendor-table",
        flat.with_field(vendor, 2116, "<I", 0x7FFFFFFF),
        "too many ramdisk table entries",
    )
    yield Sample(
        "android/bad-vendor-entry-size",
        flat.with_field(vendor, 2120, "<I", 0),
        "ramdisk table entries of size 0",
    )


def _device_trees():
    yield Sample("dtb/good-tiny", _DTB, "a device tree", "dtb", {"dtb": _DTB})
    padded = uboot.device_tree('compatible = "kimg,tiny"; model = "Tiny";', "-p", "64")
    yield Sample("dtb/good-padded", padded, "room left behind the strings", "dtb", {"dtb": padded})
    old = uboot.device_tree('compatible = "kimg,tiny";', "-V", "16")
    yield Sample(
        "dtb/good-version-16", old, "version 16, whose header has no size of the structure", "dtb"
    )
    deep = uboot.device_tree('compatible = "kimg,tiny";' + "n {" * 60 + "};" * 60)
    yield Sample("dtb/good-deep", deep, "60 nodes within each other", "dtb", {"dtb": deep})
    yield Sample("dtb/bad-truncated", _DTB[:60], "ends within the tree")
    yield Sample(
        "dtb/bad-strings-offset",
        put(_DTB, 12, b"\xff\xff\xff\xf0"),
        "off_dt_strings lies past the end",
    )
    token = _DTB.index(b"\0\0\0\x09")
    yield Sample("dtb/bad-token", put(_DTB, token, b"\0\0\0\x77"), "an unknown token")
    yield Sample(
        "dtb/unsupported-version",
        put(_DTB, 20, struct.pack(">II", 99, 98)),
        "version 99, compatible with 98",
    )
