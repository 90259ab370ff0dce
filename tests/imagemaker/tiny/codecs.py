# SPDX-License-Identifier: GPL-2.0-or-later
"""Bare compressed files: each codec with its variants, damaged ones, and kernels packed whole."""

import struct
import zlib

from .. import archive, codec, flat, kernel
from ..manifest import Sample
from ..tools import put

_TEXT = b"".join(
    b"%05d the quick brown fox jumps over the lazy dog\n" % number for number in range(120)
)
_SKIPPABLE_FRAME = struct.pack("<II", 0x184D2A50, 12) + b"skip this ok"


def samples():
    """All samples of this family."""
    yield from _kernels()
    yield from _gzip()
    yield from _bzip2()
    yield from _xz()
    yield from _lzma()
    yield from _lzo()
    yield from _lz4()
    yield from _zstd()
    yield from _damaged()


def _variant(name, variant, packed, what, data=_TEXT):
    return Sample(f"{name}/good-{variant}", packed, what, name, {"payload": data})


def _kernels():
    arm64, riscv = flat.image_arm64(kernel.raw("arm64"), efi=True), flat.image_riscv(
        kernel.raw("riscv")
    )
    vmlinux = kernel.vmlinux()
    for name in codec.CODECS:
        for inner, data in (("image-arm64", arm64), ("image-riscv", riscv), ("vmlinux", vmlinux)):
            yield Sample(
                f"{name}/good-{inner}",
                codec.compress(name, data),
                f"{inner} packed whole",
                f"{inner}.{name}",
                {"kernel": data, "payload": data},
            )


def _gzip():
    plain = codec.compress("gzip", _TEXT)
    yield _variant("gzip", "text", plain, "text")
    yield _variant("gzip", "stored", _gzip_stored(), "stored blocks")
    yield _variant(
        "gzip", "named", put(plain, 3, b"\x08")[:10] + b"name\0" + plain[10:], "with a file name"
    )
    extra = put(plain, 3, b"\x1e")[:10] + b"\x04\0abcd" + b"name\0" + b"comment\0"
    checked = extra + struct.pack("<H", zlib.crc32(extra) & 0xFFFF) + plain[10:]
    yield _variant("gzip", "all-fields", checked, "extra field, name, comment, header checksum")
    yield _variant(
        "gzip",
        "members",
        plain + codec.compress("gzip", b"more\n"),
        "two members",
        _TEXT + b"more\n",
    )
    yield Sample(
        "gzip/good-empty", codec.compress("gzip", b""), "of nothing", "gzip", {"payload": b""}
    )
    yield Sample("gzip/bad-size", plain[:-4] + struct.pack("<I", 1), "ISIZE is wrong")
    nested = _TEXT
    for _ in range(24):
        nested = codec.compress("gzip", nested)
    yield Sample("gzip/bad-nested", nested, "24 layers of gzip around a text")


def _gzip_stored():
    packer = zlib.compressobj(0, zlib.DEFLATED, 31)
    return packer.compress(_TEXT) + packer.flush()


def _bzip2():
    plain = codec.compress("bzip2", _TEXT)
    yield _variant("bzip2", "text", plain, "text")
    yield _variant(
        "bzip2", "9", codec.compress("bzip2", _TEXT, command=["bzip2", "-9"]), "blocks of 900 kB"
    )
    yield _variant(
        "bzip2",
        "streams",
        plain + codec.compress("bzip2", b"more\n"),
        "two streams",
        _TEXT + b"more\n",
    )


def _xz():
    for check in ("none", "crc32", "crc64", "sha256"):
        yield _variant("xz", f"check-{check}", _xz_with(f"--check={check}"), f"check {check}")
    for name in codec.BCJ:
        data = kernel.code(name)
        yield _variant(
            "xz", f"bcj-{name}", codec.xz_filter(data, f"--{name}"), f"filter {name}", data
        )
    yield _variant("xz", "delta", codec.xz_filter(_TEXT, "--delta=dist=4"), "filter delta")
    yield _variant(
        "xz",
        "three-filters",
        codec.xz_filter(_TEXT, "--x86", "--delta=dist=1"),
        "filters x86 and delta",
    )
    plain = codec.compress("xz", _TEXT)
    yield _variant("xz", "blocks", _xz_with("--block-size=2048"), "three blocks")
    yield _variant(
        "xz", "streams", plain + codec.compress("xz", b"more\n"), "two streams", _TEXT + b"more\n"
    )
    yield _variant("xz", "stream-padding", plain + bytes(8), "eight zeroes behind the stream")
    yield _variant(
        "xz", "dict-128m", _xz_with("--lzma2=preset=0,dict=128MiB"), "a dictionary of 128 MiB"
    )
    yield Sample("xz/bad-stream-padding", plain + bytes(3), "three zeroes behind the stream")
    yield Sample("xz/bad-index", put(plain, len(plain) - 20, b"\xff"), "the index is damaged")
    yield Sample("xz/unsupported-check", _unsupported_check(plain), "an unknown check")


def _xz_with(*options):
    return codec.compress("xz", _TEXT, command=["xz", "--threads=1", "-0", *options])


def _unsupported_check(plain):
    flags = b"\0\x0f"
    head = plain[:6] + flags + struct.pack("<I", zlib.crc32(flags))
    return head + plain[12:]


def _lzma():
    for name, lc, lp, pb in (
        ("lc3", 3, 0, 2),
        ("lc0-lp2", 0, 2, 0),
        ("lc4", 4, 0, 0),
        ("lc2-lp1-pb1", 2, 1, 1),
    ):
        options = f"--lzma1=preset=0,dict=64KiB,lc={lc},lp={lp},pb={pb}"
        packed = codec.compress("lzma", _TEXT, command=["xz", "--format=lzma", options])
        yield _variant("lzma", name, packed, f"size unknown, end marker, lc={lc} lp={lp} pb={pb}")
    plain = codec.compress("lzma", _TEXT)
    yield _variant(
        "lzma",
        "size-and-end",
        put(plain, 5, struct.pack("<Q", len(_TEXT))),
        "size known, and an end marker",
    )
    yield Sample(
        "lzma/bad-size",
        put(plain, 5, struct.pack("<Q", len(_TEXT) + 1)),
        "the size is one too much",
    )
    yield Sample("lzma/bad-properties", put(plain, 0, b"\xe1"), "lc, lp, pb are out of range")


def _lzo():
    for name, options in (
        ("1", ["-1"]),
        ("9", ["-9"]),
        ("crc32", ["-3", "--crc32"]),
        ("no-checksum", ["-3", "-F"]),
    ):
        packed = codec.compress("lzo", _TEXT, command=["lzop", *options])
        yield _variant("lzo", name, packed, f"lzop {' '.join(options)}")
    long = _TEXT * 50
    yield _variant("lzo", "blocks", codec.compress("lzo", long), "two blocks", long)
    noise = kernel.code("x86", 3)
    yield _variant("lzo", "stored", codec.compress("lzo", noise), "a block that is stored", noise)


def _lz4():
    yield _variant(
        "lz4", "legacy", codec.compress("lz4", _TEXT), "the legacy frame, as the kernel has it"
    )
    legacy = codec.compress("lz4", _TEXT)
    yield _variant("lz4", "legacy-two-frames", legacy + legacy, "two legacy frames", _TEXT * 2)
    for name, options in (
        ("frame", []),
        ("content-size", ["--content-size"]),
        ("linked", ["-BD", "-B4"]),
        ("block-checksum", ["-BX"]),
        ("no-checksum", ["--no-frame-crc"]),
    ):
        packed = codec.compress("lz4", _TEXT, *options, command=["lz4", "-q", "-1"])
        yield _variant("lz4", name, packed, f"the frame of today {' '.join(options)}".strip())
    frame = codec.compress("lz4", _TEXT, command=["lz4", "-q", "-1"])
    yield _variant("lz4", "skippable", _SKIPPABLE_FRAME + frame, "a skippable frame in front")
    yield _variant("lz4", "frames", frame + frame, "two frames", _TEXT * 2)
    yield Sample(
        "lz4/bad-legacy-block-size",
        put(legacy, 4, b"\xf0\xff\xff\xff"),
        "a block runs past the end",
    )
    yield Sample(
        "lz4/bad-header-checksum",
        put(frame, 6, bytes([frame[6] ^ 1])),
        "the frame header's checksum is wrong",
    )


def _zstd():
    yield _variant("zstd", "stdin", codec.compress("zstd", _TEXT), "no content size, checksum")
    for name, options in (
        ("content-size", [f"--stream-size={len(_TEXT)}"]),
        ("no-checksum", ["--no-check"]),
        ("19", ["-19"]),
        ("ultra", ["-22", "--ultra"]),
    ):
        yield _variant(
            "zstd", name, codec.compress("zstd", _TEXT, *options), f"zstd {' '.join(options)}"
        )
    frame = codec.compress("zstd", _TEXT)
    yield _variant("zstd", "window-128m", put(frame, 5, b"\x88"), "a window of 128 MiB")
    yield _variant("zstd", "skippable", _SKIPPABLE_FRAME + frame, "a skippable frame in front")
    yield _variant("zstd", "frames", frame + frame, "two frames", _TEXT * 2)
    yield Sample("zstd/unsupported-window", put(frame, 5, b"\xf8"), "a window of 2 TiB")
    sized = put(frame, 4, bytes([frame[4] | 0xC0]))
    sized = sized[:6] + struct.pack("<Q", 1 << 50) + sized[6:]
    yield Sample("zstd/bad-content-size", sized, "says that it holds 1 PiB")
    dictionary = put(frame, 4, bytes([frame[4] | 1]))
    yield Sample(
        "zstd/unsupported-dictionary",
        dictionary[:6] + b"\x77" + dictionary[6:],
        "needs a dictionary",
    )


def _damaged():
    data = kernel.vmlinux("i386") + archive.cpio()
    for name in codec.CODECS:
        packed = codec.compress(name, data)
        yield Sample(f"{name}/bad-truncated", packed[: len(packed) // 2], "ends in the middle")
        yield Sample(f"{name}/bad-truncated-header", packed[:5], "ends within the header")
        yield Sample(f"{name}/bad-end", packed[:-3], "its last three bytes are missing")
        if name != "lz4":  # whose legacy frame has no checksum: most wrong bytes cannot be told
            middle = len(packed) // 2
            flipped = put(packed, middle, bytes([packed[middle] ^ 0x55]))
            yield Sample(f"{name}/bad-byte", flipped, "a byte in the middle is wrong")
        yield Sample(f"{name}/bad-trailing", packed + b"\x5f\x27\x9c\x11", "something else follows")
