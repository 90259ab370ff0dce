# SPDX-License-Identifier: GPL-2.0-or-later
"""uImage, FIT and Android boot images around a real kernel, by mkimage and mkbootimg."""

import tempfile
from pathlib import Path

from .. import android, archive, codec, tools, uboot
from ..manifest import Sample
from . import pc

_INITRD = archive.cpio(archive.LARGE)
_PLAIN_TYPES = ("ramdisk", "firmware", "standalone", "filesystem", "kernel_noload", "script")


def samples(sources):
    """All samples of this family."""
    if sources.has("arm"):
        yield from _uimages(sources, sources.arm)
        yield from _androids(sources.arm)
    if sources.has("arm64"):
        yield from _fits(sources, sources.arm64)


def _uimages(sources, arm):
    facts = {"release": arm.release}
    yield Sample(
        "uimage/zimage",
        uboot.uimage([arm.image], arch="arm"),
        "a real zImage",
        "uimage",
        {"kernel": arm.kernel},
        facts,
    )
    for name in uboot.COMPRESSIONS:
        packed = sources.pack(name, arm.kernel) if name else arm.kernel
        yield Sample(
            f"uimage/kernel-{name or 'none'}",
            uboot.uimage([packed], compression=name, arch="arm"),
            f"a flat kernel, compression {name or 'none'}",
            "uimage",
            {"kernel": arm.kernel, "payload": arm.kernel},
            facts,
        )
    for kind in _PLAIN_TYPES:
        data = arm.image if kind == "kernel_noload" else codec.compress("gzip", _INITRD)
        part = {"kernel_noload": ("kernel", arm.kernel), "ramdisk": ("initrd", _INITRD)}.get(kind)
        yield Sample(
            f"uimage/type-{kind}",
            uboot.uimage([data], kind=kind, arch="arm"),
            f"type {kind}",
            "uimage",
            dict([part]) if part else {},
        )
    tree = uboot.device_tree()
    multi = uboot.uimage(
        [arm.image, codec.compress("gzip", _INITRD), tree], kind="multi", arch="arm"
    )
    yield Sample(
        "uimage/multi",
        multi,
        "kernel, initrd, device tree",
        "uimage",
        {"kernel": arm.kernel, "initrd": _INITRD, "dtb": tree},
        facts,
    )


def _fit(sources, arm64, more=""):
    fit = uboot.Fit().image(
        "kernel",
        sources.pack("gzip", arm64.image),
        "kernel",
        compression="gzip",
        hashes=("crc32", "md5", "sha1", "sha256", "sha512"),
    )
    fit.image("fdt-1", uboot.device_tree(), "flat_dt").image(
        "ramdisk-1", codec.compress("zstd", _INITRD), "ramdisk"
    )
    fit.image("fdt-2", uboot.device_tree('compatible = "kimg,other";'), "flat_dt")
    fit.configuration("conf-1", kernel="kernel", fdt="fdt-1", ramdisk="ramdisk-1", more=more)
    return fit.configuration("conf-2", kernel="kernel", fdt="fdt-2", ramdisk="ramdisk-1", more=more)


def _fits(sources, arm64):
    parts = {"kernel": arm64.image, "initrd": _INITRD}
    facts = {"release": arm64.release}
    for name, options in (
        ("internal", []),
        ("external", ["-E"]),
        ("position", ["-E", "-p", "0x10000"]),
    ):
        yield Sample(
            f"fit/{name}",
            _fit(sources, arm64).build(*options),
            f"mkimage {' '.join(options)}".strip(),
            "fit",
            parts,
            facts,
        )
    signature = (
        'signature-1 { algo = "sha256,rsa2048"; key-name-hint = "kimg"; '
        'sign-images = "kernel", "fdt"; };'
    )
    with tempfile.TemporaryDirectory(prefix="kimg-make.") as keys:
        made = pc.signing_keys()
        (Path(keys) / "kimg.key").write_bytes(made["key"])
        (Path(keys) / "kimg.crt").write_bytes(made["cert"])
        yield Sample(
            "fit/signed",
            _fit(sources, arm64, signature).build("-E", keys=keys),
            "signed configurations",
            "fit",
            parts,
            facts,
        )


def _mkbootimg(version, output, **options):
    """Debian's mkbootimg; bytes become files, strings stay."""
    command, inputs = ["mkbootimg", "--header_version", version, f"--{output}", "out"], {}
    for name, value in options.items():
        if isinstance(value, bytes):
            inputs[name] = value
            value = name
        command += [f"--{name}", value]
    return tools.make(command, inputs)


def _androids(arm):
    facts = {"release": arm.release}
    packed = codec.compress("lz4", _INITRD)
    parts = {"kernel": arm.kernel, "initrd": _INITRD, "cmdline": b"console=ttyAMA0"}
    tree = uboot.device_tree()
    for version in range(4):  # Debian 12's mkbootimg fails with a recovery_dtbo
        extra = {"dtb": tree} if version == 2 else {}
        image = _mkbootimg(
            version, "output", kernel=arm.image, ramdisk=packed, cmdline="console=ttyAMA0", **extra
        )
        yield Sample(
            f"android/boot-v{version}",
            image,
            f"mkbootimg, header version {version}",
            "android-boot",
            dict(parts, **extra),
            facts,
        )
    image = android.boot(4, arm.image, packed, cmdline="console=ttyAMA0", signature=bytes(4096))
    yield Sample(
        "android/boot-v4", image, "header version 4, by hand", "android-boot", parts, facts
    )
    vendor = _mkbootimg(3, "vendor_boot", vendor_ramdisk=packed, dtb=tree, vendor_cmdline="a=1")
    yield Sample(
        "android/vendor-v3",
        vendor,
        "mkbootimg's vendor_boot",
        "vendor-boot",
        {"initrd": _INITRD, "dtb": tree, "cmdline": b"a=1"},
    )
    vendor = android.vendor_boot(
        4, [("platform", 1, packed)], tree, bootconfig=b"androidboot.x=1\n"
    )
    yield Sample(
        "android/vendor-v4",
        vendor,
        "vendor_boot version 4, by hand",
        "vendor-boot",
        {"initrd": _INITRD, "dtb": tree},
    )
