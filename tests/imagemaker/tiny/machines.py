# SPDX-License-Identifier: GPL-2.0-or-later
"""Images of the other architectures: ARM's zImage, the flat Images, EFI zboot, s390, MIPS vmlinuz.
"""

import struct

from .. import codec, flat, kernel, pe, uboot
from ..manifest import Sample

_ARM = kernel.raw("arm")


def samples():
    """All samples of this family."""
    yield from _zimages()
    yield from _flat_images()
    yield from _zboots()
    yield from _s390_and_mips()


def _zimage(name, image, what, kernel_image=_ARM, **parts):
    return Sample(
        f"zimage-arm/good-{name}", image, what, "zimage-arm", {"kernel": kernel_image, **parts}
    )


def _zimages():
    for name in codec.CODECS:
        yield _zimage(name, flat.zimage_arm(codec.payload(name, _ARM)), f"payload {name}")
    filtered = codec.seal("xz", codec.xz_filter(_ARM, "--arm"), _ARM)
    good = flat.zimage_arm(filtered)
    yield _zimage("xz-arm", good, "payload xz with the ARM filter")
    packed = codec.payload("gzip", _ARM)
    yield _zimage("no-table", flat.zimage_arm(packed, table=False), "no table (before 4.15)")
    yield _zimage(
        "no-endian-tag",
        flat.zimage_arm(packed, table=False, endian_tag=False),
        "no byte order tag (before 3.17)",
    )
    yield _zimage(
        "big-endian", flat.zimage_arm(packed, order=">"), "a big-endian kernel: all words are"
    )
    yield _zimage(
        "big-endian-no-table",
        flat.zimage_arm(packed, order=">", table=False),
        "big-endian, no table",
    )
    tree = uboot.device_tree()
    yield _zimage("appended-dtb", good + tree, "a device tree behind the end", dtb=tree)
    yield _zimage("appended-two-dtbs", good + tree + tree, "two device trees behind the end")
    yield _zimage("trailing-zeroes", good + bytes(4096), "4 KiB of zeroes behind the end")
    yield from _bad_zimages(good, filtered)


def _bad_zimages(good, filtered):
    changes = {
        "start-above-end": (0x28, "<II", (0x1000, 0x10), "start is above end"),
        "end": (0x2C, "<I", (0xFFFFFFF0,), "end lies past the end of the file"),
        "table-offset": (0x38, "<I", (0xFFFFFFFC,), "the table lies past the end"),
        "tag-size-0": (0x40, "<I", (0,), "no KLSZ tag in an empty table"),
        "tag-size-huge": (0x40, "<I", (0x40000000,), "the tag's size in bytes overflows"),
        "klsz-offset": (0x48, "<I", (0xFFFFFFFF,), "KLSZ points past the end"),
        "klsz-size": (
            struct.unpack_from("<I", good, 0x48)[0],
            "<I",
            (1,),
            "the size word contradicts the stream",
        ),
    }
    for name, (offset, form, values, what) in changes.items():
        image = good[:offset] + struct.pack(form, *values) + good[offset + 4 * len(values) :]
        yield Sample(f"zimage-arm/bad-{name}", image, what)
    yield Sample("zimage-arm/bad-truncated", good[: len(good) // 2], "ends within the payload")
    broken = filtered[:200] + bytes([filtered[200] ^ 0x55]) + filtered[201:]
    yield Sample(
        "zimage-arm/bad-stream", flat.zimage_arm(broken), "a byte of the xz stream is wrong"
    )
    yield Sample(
        "zimage-arm/unsupported-payload",
        flat.zimage_arm(b"\x5f\x27\x9c\x11" * 64),
        "the payload's magic is no codec's",
    )


def _flat(driver, name, image, what, **parts):
    return Sample(
        f"image-{driver}/good-{name}", image, what, f"image-{driver}", {"kernel": image, **parts}
    )


def _flat_images():
    body = kernel.raw("arm64", config=True)
    config = {"config": kernel.CONFIG}
    yield _flat("arm64", "plain", flat.image_arm64(body), "no EFI stub", **config)
    good = flat.image_arm64(body, efi=True)
    yield _flat("arm64", "efi", good, "with the EFI stub", **config)
    yield _flat(
        "arm64", "16k", flat.image_arm64(body, flags=0xC), "flags say 16 KiB pages", **config
    )
    yield _flat(
        "arm64", "64k", flat.image_arm64(body, flags=0x6), "flags say 64 KiB pages", **config
    )
    yield _flat(
        "arm64",
        "big-endian",
        flat.image_arm64(body, flags=0xB),
        "flags say a big-endian kernel",
        **config,
    )
    yield _flat(
        "arm64",
        "before-3.17",
        flat.image_arm64(body, flags=0, size=0, text_offset=0x80000),
        "image_size 0",
        **config,
    )
    yield Sample(
        "image-arm64/bad-image-size",
        flat.image_arm64(body, efi=True, size=1 << 63),
        "image_size is beyond all memory",
    )
    yield Sample(
        "image-arm64/bad-pe-offset",
        flat.with_field(good, 0x3C, "<I", 0xFFFFFFF0),
        "the PE offset overflows",
    )
    yield Sample("image-arm64/bad-truncated", good[:0x3E], "ends within the header")
    yield Sample("image-arm64/bad-sections", good[:0x1800], "the PE sections run past the end")
    body = kernel.raw("riscv")
    yield _flat("riscv", "0.2", flat.image_riscv(body), "header version 0.2")
    yield _flat(
        "riscv",
        "0.2-efi",
        flat.image_riscv(body, efi=True),
        "header version 0.2, with the EFI stub",
    )
    yield _flat("riscv", "0.1", flat.image_riscv(body, version=1), "header version 0.1")
    yield _flat(
        "loongarch", "efi", flat.image_loongarch(kernel.raw("loongarch")), "a PE file, as always"
    )


def _zboots():
    inner = flat.image_arm64(kernel.raw("arm64"), efi=True)
    for name in codec.CODECS:
        yield _zboot(name, flat.zboot(name, inner), f"payload {name}", inner)
    yield _zboot(
        "zstd-string",
        flat.zboot("zstd", inner, string="zstd"),
        "the string since 6.13 is zstd, not zstd22",
        inner,
    )
    yield _zboot(
        "before-6.6", flat.zboot("xz", inner, magic=False), "no Linux magic at 0x38", inner
    )
    yield _zboot(
        "certificate",
        flat.zboot("gzip", inner, certificate=pe.certificate_entry(b"\x30\x00")),
        "with a certificate table of one empty entry",
        inner,
    )
    padded = inner + bytes(12288)
    yield Sample(
        "zboot/good-padded",
        flat.zboot("zstd", padded),
        "the Image is padded with zeroes to image_size",
        "zboot",
        {"payload": padded, "kernel": padded},
    )
    loong = flat.image_loongarch(kernel.raw("loongarch"))
    yield _zboot(
        "loongarch",
        flat.zboot("zstd", loong, machine="loongarch64"),
        "around a LoongArch Image",
        loong,
    )
    riscv = flat.image_riscv(kernel.raw("riscv"), efi=True)
    yield _zboot(
        "riscv", flat.zboot("gzip", riscv, machine="riscv64"), "around a RISC-V Image", riscv
    )
    good = flat.zboot("xz", inner)
    for name, offset, value, what in (
        ("offset", 8, 0xFFFFFFF0, "the payload lies past the end"),
        ("size", 12, 0xFFFFFFF0, "the payload runs past the end"),
        ("size-0", 12, 0, "the payload is empty"),
        ("size-short", 12, 100, "the payload's size cuts the stream"),
    ):
        yield Sample(f"zboot/bad-{name}", flat.with_field(good, offset, "<I", value), what)
    yield Sample(
        "zboot/bad-string",
        flat.zboot("gzip", inner, string="x" * 32),
        "the codec's name has no end",
    )
    yield Sample(
        "zboot/bad-codec",
        flat.zboot("gzip", inner, string="lz4"),
        "the codec's name contradicts the payload",
    )
    yield Sample("zboot/bad-truncated", good[: len(good) // 2], "ends within the payload")
    yield Sample(
        "zboot/unsupported-codec",
        flat.zboot("gzip", inner, packed=b"\x11" * 64, string="brotli"),
        "a codec that no kernel has",
    )


def _zboot(name, image, what, inner):
    return Sample(f"zboot/good-{name}", image, what, "zboot", {"kernel": inner, "payload": inner})


def _s390_and_mips():
    raw = kernel.raw("s390")
    image = flat.image_s390(codec.payload("xz", raw))
    yield Sample(
        "image-s390/good-xz",
        image,
        "packed kernel behind 66 KiB of loader (so large, as its magic is at 64 KiB)",
        "image-s390",
        {"kernel": raw},
    )
    raw = kernel.raw("mips")
    for name in ("gzip", "xz"):
        yield Sample(
            f"vmlinuz-mips/good-{name}",
            kernel.vmlinuz_mips(codec.payload(name, raw)),
            f"an ELF loader with the kernel in .data, {name}",
            "vmlinuz-mips",
            {"kernel": raw},
        )
