# SPDX-License-Identifier: GPL-2.0-or-later
"""bzImage, zImage, older boot sectors, PE files and unified kernel images."""

import struct
from pathlib import Path

from .. import archive, codec, flat, kernel, pe, x86
from ..manifest import Sample
from ..tools import put

_VMLINUX = kernel.vmlinux()
_PAYLOAD = _VMLINUX + kernel.relocs()
_RAW = kernel.raw("x86")
_SETUP_END = 1024


def samples():
    """All samples of this family."""
    yield from _codecs()
    yield from _protocols()
    yield from _old()
    yield from _bad_bzimages()
    yield from _pe_files()


def _bzimage(name, image, what, unpacked=_PAYLOAD, inner=_VMLINUX, identify="bzimage", **facts):
    parts = {"kernel": inner, "payload": unpacked, "setup": image[:_SETUP_END]}
    if kernel.ikconfig() in inner:
        parts["config"] = kernel.CONFIG
    return Sample(
        f"bzimage/good-{name}", image, what, identify, parts, {"release": kernel.RELEASE, **facts}
    )


def _codecs():
    for name in codec.CODECS:
        image = x86.image(0x20F, codec.payload(name, _PAYLOAD))
        yield _bzimage(
            f"2.15-{name}", image, f"protocol 2.15, payload {name}", codec=name, protocol="2.15"
        )
    yield _bzimage(
        "2.15-xz-x86",
        x86.image(0x20F, codec.seal("xz", codec.xz_filter(_PAYLOAD, "--x86"), _PAYLOAD)),
        "payload xz with the x86 filter",
        codec="xz",
    )
    two = _VMLINUX + kernel.relocs(old=False)
    yield _bzimage(
        "2.15-relocs-two-lists",
        x86.image(0x20F, codec.payload("gzip", two)),
        "two lists of relocations behind the ELF file, as since 6.15",
        two,
        codec="gzip",
    )
    yield _bzimage(
        "2.15-no-relocs",
        x86.image(0x20F, codec.payload("zstd", _VMLINUX)),
        "no relocations",
        _VMLINUX,
    )
    small = kernel.vmlinux("i386")
    yield _bzimage(
        "2.15-i386", x86.image(0x20F, codec.payload("xz", small)), "ELF of 32 bits", small, small
    )
    yield _bzimage(
        "2.15-efi",
        x86.efi_image(0x20F, codec.payload("gzip", _PAYLOAD)),
        "with the EFI stub's PE header",
        codec="gzip",
    )
    yield _bzimage(
        "2.15-efi-i386",
        x86.efi_image(0x20F, codec.payload("gzip", small), machine="i386"),
        "PE32 header, ELF of 32 bits",
        small,
        small,
    )
    signed = x86.efi_image(
        0x20F, codec.payload("zstd", _PAYLOAD), certificate=pe.certificate_entry(b"\x30\x00")
    )
    yield _bzimage(
        "2.15-efi-certificate",
        signed,
        "a certificate table, of one empty entry, behind the checksum",
    )
    yield _bzimage(
        "2.15-no-checksum",
        x86.image(0x20F, codec.payload("lz4", _PAYLOAD), checksum=False),
        "no checksum at the end, as since 6.15",
    )


def _protocols():
    for version in x86.HEADER_END:
        fields = version >= 0x208
        text = f"2.{version & 0xff:02}"
        unpacked, inner = (_PAYLOAD, _VMLINUX) if fields else (_RAW, _RAW)
        packed = codec.compress("gzip", unpacked)
        what = f"protocol {text}, gzip" + ("" if fields else ", a flat kernel, no payload fields")
        yield _bzimage(
            f"{text}-high", x86.image(version, packed), what, unpacked, inner, protocol=text
        )
    for version in (0x200, 0x204, 0x20A):
        unpacked, inner = (_PAYLOAD, _VMLINUX) if version >= 0x208 else (_RAW, _RAW)
        image = x86.image(version, codec.compress("gzip", unpacked), high=False)
        yield _bzimage(
            f"2.{version & 0xff:02}-low",
            image,
            "LOADED_HIGH clear: a zImage",
            unpacked,
            inner,
            "zimage-x86",
        )
    for name in ("bzip2", "lzma"):
        image = x86.image(0x207, codec.payload(name, _RAW))
        yield _bzimage(f"2.07-{name}", image, f"no payload fields, {name}", _RAW, _RAW, codec=name)
    packed = codec.compress("gzip", _RAW)
    yield _bzimage(
        "2.07-decoy",
        x86.image(0x207, packed, decoy=packed[:10] + b"\xff" * 30),
        "a gzip magic that opens no stream, in front of the payload",
        _RAW,
        _RAW,
    )
    yield _bzimage(
        "2.03-swap-device",
        x86.image(0x203, packed, swap_device=0x301),
        "before 2.04 the upper half of syssize was the swap device",
        _RAW,
        _RAW,
    )
    zero = x86.image(0x20F, codec.payload("gzip", _PAYLOAD), sectors=4)
    zero = x86.with_checksum(put(zero[:-4], 0x1F1, b"\0"))
    yield Sample(
        "bzimage/good-2.15-setup-sects-0",
        zero,
        "setup_sects 0 means 4",
        "bzimage",
        {"kernel": _VMLINUX, "setup": zero[: 5 * 512]},
    )


def _old():
    yield Sample(
        "bootsect/good-plain",
        x86.boot_sector_image(_RAW),
        "before protocol 2.00, the system as it is",
        "bootsect",
        {"kernel": x86.pad(_RAW, 16)},
    )
    yield Sample(
        "bootsect/good-setup-sects-0",
        x86.boot_sector_image(_RAW, stored_sectors=0),
        "setup_sects 0 means 4",
        "bootsect",
        {"kernel": x86.pad(_RAW, 16)},
    )
    system = kernel.code("x86", 20) + codec.compress("gzip", _RAW)
    yield Sample(
        "bootsect/good-gzip",
        x86.boot_sector_image(system),
        "before protocol 2.00, the kernel packed (1.0 on)",
        "bootsect",
        {"kernel": _RAW},
    )
    yield Sample(
        "bootsect/bad-truncated", x86.boot_sector_image(system)[:2000], "ends within the setup code"
    )


def _bad_bzimages():
    good = x86.image(0x20F, codec.payload("xz", _PAYLOAD))
    changes = {
        "payload-offset": (0x248, "<I", 0xFFFFFFF0, "payload_offset + payload_length overflows"),
        "payload-length": (0x24C, "<I", len(good), "the payload runs past the end"),
        "payload-empty": (0x24C, "<I", 0, "payload_length 0"),
        "payload-3-bytes": (0x24C, "<I", 3, "the payload is shorter than its size word"),
        "setup-sects": (0x1F1, "<B", 255, "setup runs past the end"),
        "version-pointer": (0x20E, "<H", 0xFFFF, "kernel_version points past the end"),
        "syssize": (0x1F4, "<I", 0xFFFFFFFF, "syssize is far more than there is"),
        "kernel-info": (0x268, "<I", 0xFFFFFFF0, "kernel_info_offset overflows"),
    }
    for name, (offset, form, value, what) in changes.items():
        yield Sample(f"bzimage/bad-{name}", flat.with_field(good, offset, form, value), what)
    for size in (0x1F0, 0x202, 0x240, 0x400, len(good) // 2):
        yield Sample(f"bzimage/bad-truncated-{size:#x}", good[:size], f"ends after {size} bytes")
    packed = codec.compress("xz", _PAYLOAD)
    for name, size, what in (
        ("more", len(_PAYLOAD) + 1, "one more than"),
        ("less", len(_PAYLOAD) - 1, "one less than"),
        ("huge", 0xFFFFFFFF, "4 GiB against"),
    ):
        image = x86.image(0x20F, packed + struct.pack("<I", size))
        yield Sample(
            f"bzimage/bad-size-word-{name}", image, f"the size word says {what} the stream holds"
        )
    middle = len(packed) // 2
    broken = put(packed, middle, bytes([packed[middle] ^ 0x55])) + codec.size_word(_PAYLOAD)
    yield Sample("bzimage/bad-stream", x86.image(0x20F, broken), "a byte of the xz stream is wrong")
    checksum = bytearray(good)
    checksum[-1] ^= 1
    yield Sample("bzimage/bad-checksum", bytes(checksum), "the checksum at the end is wrong")
    efi = x86.efi_image(0x20F, codec.payload("gzip", _PAYLOAD))
    yield Sample(
        "bzimage/bad-pe-offset",
        flat.with_field(efi, 0x3C, "<I", 0xFFFFFFF8),
        "the PE offset overflows",
    )
    yield Sample(
        "bzimage/unsupported-payload",
        x86.image(0x20F, b"\x5f\x27\x9c\x11" * 64),
        "the payload's magic is no codec's",
    )
    future = x86.with_checksum(flat.with_field(good[:-4], 0x206, "<H", 0x2FF))
    yield Sample(
        "bzimage/good-2.255",
        future,
        "a protocol version of the future: its known fields hold",
        "bzimage",
        {"kernel": _VMLINUX},
    )


def _uki_sections(linux):
    osrel = b'ID=tiny\nVERSION_ID="1"\nPRETTY_NAME="Tiny 1"\n'
    sbat = (
        b"sbat,1,SBAT Version,sbat,1,https://github.com/rhboot/shim/blob/main/SBAT.md\n"
        b"tiny,1,Tiny,tiny,1,example\n"
    )
    return {
        ".text": kernel.code("x86", 30),
        ".osrel": osrel,
        ".cmdline": b"console=ttyS0 quiet",
        ".uname": kernel.RELEASE.encode(),
        ".sbat": sbat,
        ".dtb": _DTB,
        ".initrd": archive.cpio(),
        ".linux": linux,
    }


# An empty tree: header, empty reservation map, one root node, no strings.
_DTB = (
    struct.pack(">10I", 0xD00DFEED, 0x48, 0x38, 0x48, 0x28, 17, 16, 0, 0, 0x10)
    + bytes(16)
    + struct.pack(">IIII", 1, 0, 2, 9)
)


def _uki(name, contents, what, identify="uki", **options):
    image = pe.write(list(contents.items()), flags={".text": pe.CODE}, **options)
    parts = {
        key.lstrip("."): value
        for key, value in contents.items()
        if key not in (".text", ".profile")
    }
    return Sample(name, image, what, identify, parts)


def _pe_files():
    linux = x86.efi_image(0x20F, codec.payload("zstd", _PAYLOAD))
    contents = _uki_sections(linux)
    sample = _uki("uki/good-full", contents, "all sections a UKI commonly has, around a bzImage")
    sample.parts["kernel"] = _VMLINUX
    good = sample.data
    yield sample
    yield _uki("uki/good-linux-alone", {".text": b"\xf4", ".linux": linux}, "no section but .linux")
    yield _uki(
        "uki/good-certificate",
        contents,
        "with a certificate table of one empty entry",
        certificate=pe.certificate_entry(b"\x30\x00"),
    )
    arm = flat.image_arm64(kernel.raw("arm64"), efi=True)
    yield _uki(
        "uki/good-arm64",
        {".text": kernel.code("arm64", 9), ".linux": arm, ".cmdline": b"quiet"},
        "around an arm64 Image",
        machine="arm64",
    )
    boot = flat.zboot("gzip", arm)
    yield _uki(
        "uki/good-zboot",
        {".text": kernel.code("arm64", 9), ".linux": boot},
        "around an EFI zboot image",
        machine="arm64",
    )
    rows = [
        (".text", b"\xf4"),
        (".osrel", contents[".osrel"]),
        (".linux", linux),
        (".cmdline", b"base"),
        (".profile", b"ID=one\n"),
        (".cmdline", b"one"),
        (".profile", b"ID=two\n"),
        (".cmdline", b"two"),
    ]
    yield Sample(
        "uki/good-profiles",
        pe.write(rows),
        "two profiles, each with its own .cmdline",
        "uki",
        {"linux": linux, "osrel": contents[".osrel"]},
    )
    yield _uki(
        "pe/good-addon",
        {".text": b"\xf4", ".cmdline": b"debug", ".sbat": contents[".sbat"]},
        "an add-on: .cmdline and no .linux",
        "pe-addon",
    )
    yield from _signed()
    yield Sample(
        "pe/good-pe32", pe.write([(".text", kernel.code("x86", 30))], machine="i386"), "PE32", "pe"
    )
    yield from _bad_pe(good)


def _signed():
    """A program and its signature, which stays right as long as the program does: made once, by a key
    that nobody has any more: sbsign good-plain, sbattach --detach signed.p7.
    """
    sections = [(".text", kernel.code("x86", 30)), (".data", bytes(64))]
    signature = Path(__file__).with_name("signed.p7").read_bytes()
    entry = pe.certificate_entry(signature)
    yield Sample("pe/good-plain", pe.write(sections), "a PE program that is no kernel", "pe")
    signed = pe.write(sections, certificate=entry)
    yield Sample("pe/good-signed", signed, "signed", "pe")
    twice = pe.write(sections, certificate=entry + entry)
    yield Sample("pe/good-signed-twice", twice, "two signatures, the same again", "pe")
    where, table, _ = pe.security_directory(signed)
    text = pe.section_headers(signed)[0] + 20
    offset = struct.unpack_from("<I", signed, text)[0]
    yield Sample("pe/bad-digest", put(signed, offset, b"\xcc"), "changed after it was signed")
    yield Sample(
        "pe/bad-signature",
        put(signed, table + 8 + len(signature) - 1, bytes([signature[-1] ^ 1])),
        "a bit of the signature is wrong",
    )
    yield Sample(
        "pe/bad-entry-length",
        put(signed, table, bytes(4)),
        "a certificate table's entry of length 0",
    )
    yield Sample(
        "pe/bad-overlap",
        put(signed, where, struct.pack("<I", offset)),
        "the certificate table overlaps a section",
    )


def _bad_pe(good):
    optional = pe.optional_header(good)
    last = pe.section_headers(good)[-1]
    changes = {
        "pe-offset": (0x3C, "<I", 0xFFFFFFF0, "the PE offset overflows"),
        "sections": (optional - 18, "<H", 0xFFFF, "more sections than there is room for"),
        "optional-size": (optional - 4, "<H", 0xFFFF, "the optional header runs past the end"),
        "directories": (optional + 108, "<I", 0xFFFFFFFF, "too many data directories"),
        "section-offset": (last + 20, "<I", 0xFFFFF000, ".linux lies past the end"),
        "section-size": (last + 8, "<I", 0x7FFFFFFF, ".linux is larger than the file"),
        "certificate": (
            optional + 112 + 32,
            "<II",
            (0xFFFFFFF0, 0x100),
            "the certificate table lies past the end",
        ),
    }
    for name, (offset, form, value, what) in changes.items():
        values = value if isinstance(value, tuple) else (value,)
        yield Sample(f"uki/bad-{name}", put(good, offset, struct.pack(form, *values)), what)
    for size in (2, 0x40, optional, last + 10, len(good) - 0x400):
        yield Sample(f"uki/bad-truncated-{size:#x}", good[:size], f"ends after {size} bytes")
    yield Sample(
        "uki/unsupported-efi-bytecode",
        flat.with_field(good, optional - 20, "<H", 0xEBC),
        "a machine that runs no Linux",
    )
