# SPDX-License-Identifier: GPL-2.0-or-later
"""The other architectures: zImages with every codec, packed Images, EFI zboot, an embedded
configuration, s390 and MIPS.
"""

from .. import codec, flat, kernel, uboot
from ..manifest import Sample
from . import pc

_QUICK = ("gzip", "lzo", "lz4", "zstd")


def samples(sources):
    """All samples of this family."""
    if sources.has("arm"):
        yield from _zimages(sources, sources.arm)
        yield from _filters(sources.arm.kernel)
    if sources.has("arm64"):
        yield from _images(sources, sources.arm64)
        yield from _zboots(sources, sources.arm64)
    if sources.has("s390"):
        yield from _s390(sources, sources.s390)
    if sources.has("mips"):
        yield from _mips(sources, sources.mips)
    if sources.has("elf"):
        yield _filtered("powerpc", sources.elf.kernel, "vmlinux.xz")


def _zimage(name, image, what, arm, **more):
    return Sample(
        f"zimage-arm/{name}",
        image,
        what,
        "zimage-arm",
        {"kernel": arm.kernel, **more},
        {"release": arm.release},
    )


def _zimages(sources, arm):
    for name in codec.CODECS:
        packed = sources.payload(name, arm.kernel)
        yield _zimage(
            f"made-{name}", flat.zimage_arm(packed), f"a loader made by hand, {name}", arm
        )
        image = arm.real.repack(packed)
        if image:
            yield _zimage(
                f"real-{name}", image, f"the real loader, its payload packed anew with {name}", arm
            )
    packed = sources.payload("gzip", arm.kernel)
    yield _zimage("no-table", flat.zimage_arm(packed, table=False), "no table of tags", arm)
    yield _zimage(
        "no-endian-tag",
        flat.zimage_arm(packed, table=False, endian_tag=False),
        "no byte order tag",
        arm,
    )
    yield _zimage("big-endian", flat.zimage_arm(packed, order=">"), "all words big-endian", arm)
    tree = uboot.device_tree()
    yield _zimage(
        "appended-dtb", arm.image + tree, "the real zImage and a device tree", arm, dtb=tree
    )


def _filtered(name, data, identify="xz"):
    return Sample(
        f"packed/xz-{name}",
        codec.xz_filter(data, f"--{name}"),
        f"xz with the filter {name}",
        identify,
        {"payload": data},
    )


def _filters(data):
    for name in codec.BCJ:
        if name not in ("x86", "arm64"):
            yield _filtered(name, data)


def _images(sources, arm64):
    facts = {"release": arm64.release}
    yield Sample(
        "image-arm64/unsigned",
        arm64.image,
        "the real Image without its signature",
        "image-arm64",
        {"kernel": arm64.image},
        facts,
    )
    for name in _QUICK:
        yield Sample(
            f"packed/Image.{name}",
            sources.pack(name, arm64.image),
            f"Image packed whole with {name}",
            f"image-arm64.{name}",
            {"kernel": arm64.image, "payload": arm64.image},
            facts,
        )
    frame = codec.compress("lz4", arm64.image, command=["lz4", "-q", "-1"])
    yield Sample(
        "packed/Image.lz4-frame",
        frame,
        "Image packed with lz4's frame of today",
        "image-arm64.lz4",
        {"kernel": arm64.image},
        facts,
    )
    patched = pc.with_config(arm64.image)
    yield Sample(
        "image-arm64/ikconfig",
        patched,
        "an embedded configuration",
        "image-arm64",
        {"kernel": patched, "config": pc.CONFIG},
        facts,
    )


def _zboot(name, packed, arm64, what):
    return Sample(
        f"zboot/{name}",
        flat.zboot(name, arm64.image, packed=packed),
        what,
        "zboot",
        {"kernel": arm64.image},
        {"codec": name, "release": arm64.release},
    )


def _zboots(sources, arm64):
    for name in _QUICK:
        packed = sources.pack(name, arm64.image)
        yield _zboot(name, packed, arm64, f"EFI zboot, {name}")
    filtered = _filtered("arm64", arm64.image, "image-arm64.xz")
    yield filtered
    yield _zboot("xz", filtered.data, arm64, "EFI zboot, xz with the filter that the kernel uses")
    plain = flat.zboot("zstd", arm64.image, packed=sources.pack("zstd", arm64.image))
    yield Sample(
        "zboot/signed",
        pc.signed(plain),
        "EFI zboot, signed",
        "zboot",
        {"kernel": arm64.image},
        {"release": arm64.release},
    )


def _s390(sources, s390):
    for name in _QUICK:
        image = s390.real.repack(sources.payload(name, s390.kernel))
        yield Sample(
            f"image-s390/{name}",
            image,
            f"a real s390 bzImage, its payload packed anew with {name}",
            "image-s390",
            {"kernel": s390.kernel},
            {"codec": name, "release": s390.release},
        )


def _mips(sources, mips):
    for name in _QUICK:
        yield Sample(
            f"vmlinuz-mips/{name}",
            kernel.vmlinuz_mips(sources.payload(name, mips.kernel)),
            f"a loader made by hand around a real kernel, {name}",
            "vmlinuz-mips",
            {"kernel": mips.kernel},
            {"codec": name, "release": mips.release},
        )
