# SPDX-License-Identifier: GPL-2.0-or-later
"""ELF files of each class and byte order, and the object formats before ELF."""

import struct

from .. import elf, flat, kernel, module, obsolete
from ..manifest import Sample
from ..tools import put

_ARCH_OF = {
    "x86_64": "x86",
    "i386": "x86",
    "arm": "arm",
    "armeb": "arm",
    "ppc64": "powerpc",
    "ppc64le": "powerpc",
    "ppc": "powerpc",
    "sparc64": "sparc",
}
_MULTIBOOT = struct.pack("<III", 0x1BADB002, 3, -(0x1BADB002 + 3) & 0xFFFFFFFF)
_MULTIBOOT2 = struct.pack("<IIIIHHI", 0xE85250D6, 0, 24, -(0xE85250D6 + 24) & 0xFFFFFFFF, 0, 0, 8)


def samples():
    """All samples of this family."""
    yield from _kernels()
    yield from _others()
    yield from _modules()
    yield from _damaged()
    yield from _obsolete()


def _vmlinux(name, image, what):
    return Sample(
        f"elf/good-{name}",
        image,
        what,
        "vmlinux",
        {"kernel": image, "config": kernel.CONFIG},
        {"release": kernel.RELEASE, "build_id": kernel.BUILD_ID.hex()},
    )


def _kernels():
    for name, target in elf.TARGETS.items():
        image = kernel.vmlinux(name, arch=_ARCH_OF.get(name, "arm64"))
        order = "little" if target.order == "<" else "big"
        yield _vmlinux(f"vmlinux-{name}", image, f"a kernel, {target.bits} bits, {order}-endian")
    yield _vmlinux("vmlinux-stripped", kernel.vmlinux(symbols=False), "no symbols")
    target = elf.TARGETS["x86_64"]
    sections = kernel.sections(target, symbols=False)
    yield _vmlinux(
        "vmlinux-no-sections",
        elf.write(target, sections, headers=False),
        "no section headers at all",
    )
    yield _vmlinux(
        "vmlinux-multiboot", kernel.vmlinux("i386", text=_MULTIBOOT), "with a Multiboot header"
    )
    yield _vmlinux(
        "vmlinux-multiboot2",
        kernel.vmlinux("i386", text=bytes(8) + _MULTIBOOT2),
        "with a Multiboot 2 header",
    )
    entry = elf.note(target, "Xen", 18, struct.pack("<Q", 0x1000000))
    yield _vmlinux("vmlinux-pvh", kernel.vmlinux(notes=entry), "with the PVH entry note")


def _others():
    target = elf.TARGETS["x86_64"]
    program = [
        elf.Section(".text", kernel.code("x86"), flags=elf.SHF_ALLOC | elf.SHF_EXEC, align=16)
    ]
    yield Sample(
        "elf/good-program", elf.write(target, program), "a program that is no kernel", "elf"
    )
    yield Sample(
        "elf/good-object", elf.write(target, program, kind=elf.ET_REL), "an object file", "elf"
    )
    yield Sample(
        "elf/good-extended-numbering",
        _extended(elf.write(target, program)),
        "the number of sections stands in section 0",
        "elf",
    )


def _modules():
    for arch, named in ("x86_64", True), ("arm", False), ("s390x", True):
        what = "" if named else ", its name in struct module alone"
        yield Sample(
            f"elf/good-module-{arch}", module.module(arch, named=named), "a module" + what, "elf"
        )
    good = module.module()
    yield Sample(
        "elf/good-module-open-name",
        good.replace(b"maybe\0\0.text", b"maybe\1\0.text"),
        "a module whose last symbol has a name without an end",
        "elf",
    )


def _extended(image):
    count, names = struct.unpack_from("<HH", image, 60)
    table = struct.unpack_from("<Q", image, 40)[0]
    image = put(image, 60, struct.pack("<HH", 0, 0xFFFF))
    return put(
        put(image, table + 32, struct.pack("<Q", count)), table + 40, struct.pack("<I", names)
    )


def _damaged():
    good = kernel.vmlinux()
    table = struct.unpack_from("<Q", good, 40)[0]
    changes = {
        "section-table": (40, "<Q", 0xFFFFFFFFFFFFFFF0, "e_shoff + size overflows"),
        "section-count": (60, "<H", 0xFEFF, "the section table runs past the end"),
        "section-entry-size": (58, "<H", 1, "e_shentsize is too small"),
        "section-names": (62, "<H", 0x1000, "e_shstrndx is no section"),
        "name-offset": (table + 64, "<I", 0xFFFFFFFF, "a section's name lies past the table"),
        "section-size": (table + 64 + 32, "<Q", 1 << 62, "a section runs past the end"),
        "segment-table": (32, "<Q", 0x7FFFFFFFFFFFFFFF, "e_phoff lies past the end"),
        "segment-count": (56, "<H", 0xFFFE, "the segment table runs past the end"),
        "segment-offset": (64 + 8, "<Q", 0xFFFFFFFFFFFFFF00, "a segment's offset + size overflows"),
        "segment-size": (64 + 32, "<Q", 1 << 40, "a segment runs past the end"),
        "class": (4, "<B", 9, "neither 32 nor 64 bits"),
        "order": (5, "<B", 3, "neither little- nor big-endian"),
    }
    for name, (offset, form, value, what) in changes.items():
        yield Sample(f"elf/bad-{name}", flat.with_field(good, offset, form, value), what)
    for size in (16, 63, 200, table + 70):
        yield Sample(f"elf/bad-truncated-{size:#x}", good[:size], f"ends after {size} bytes")
    notes = good.index(struct.pack("<III", 4, 20, 3))
    yield Sample(
        "elf/bad-note",
        flat.with_field(good, notes + 4, "<I", 0xFFFFFFF0),
        "a note's size overflows",
    )
    config = good.index(b"IKCFG_ST")
    yield Sample(
        "elf/bad-config",
        put(good, config + 30, b"\xff" * 8),
        "the embedded configuration is damaged",
    )
    yield Sample(
        "elf/bad-config-no-end",
        good.replace(b"IKCFG_ED", b"IKCFG_XX"),
        "the embedded configuration has no end",
    )


def _obsolete():
    names = {0o413: "zmagic", 0o410: "nmagic", 0o407: "omagic"}
    for magic, name in names.items():
        image = obsolete.aout(magic)
        yield Sample(
            f"aout/good-{name}-i386",
            image,
            f"a kernel as {name.upper()} a.out",
            "aout",
            {"kernel": image},
        )
    sparc = obsolete.aout(machine=3, order=">")
    yield Sample("aout/good-zmagic-sparc", sparc, "a big-endian a.out", "aout", {"kernel": sparc})
    good = obsolete.aout()
    yield Sample(
        "aout/bad-text-size",
        flat.with_field(good, 4, "<I", 0xFFFFFFF0),
        "the text runs past the end",
    )
    yield Sample("aout/bad-truncated", good[:1100], "ends within the text")
    for name, magic, order in (
        ("i386", 0x14C, "<"),
        ("ecoff-mipsel", 0x162, "<"),
        ("ecoff-mips", 0x160, ">"),
    ):
        image = obsolete.coff(magic, order)
        yield Sample(
            f"coff/good-{name}", image, f"a kernel as COFF, {name}", "coff", {"kernel": image}
        )
    good = obsolete.coff()
    yield Sample(
        "coff/bad-sections",
        flat.with_field(good, 2, "<H", 0xFFFF),
        "more sections than there is room for",
    )
    yield Sample(
        "coff/bad-section-offset",
        flat.with_field(good, 20 + 28 + 20, "<I", 0xFFFFFFF0),
        "a section lies past the end",
    )
