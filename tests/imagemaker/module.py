# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes stand-ins for kernel modules: ELF files of type ET_REL with the sections and symbols that modules
have.
"""

from . import elf

NAME = b"sample"
_LOCAL_FUNCTION, _LOCAL_OBJECT, _LOCAL_NOTYPE = 0x02, 0x01, 0x00
_GLOBAL_FUNCTION, _GLOBAL_OBJECT, _GLOBAL_NOTYPE, _WEAK_NOTYPE = 0x12, 0x11, 0x10, 0x20
_UNDEFINED, _ABSOLUTE = 0, 0xFFF1


def module(arch="x86_64", *, named=True):
    """A module called sample; named=False leaves its name out of .modinfo, as it was before 4.13."""
    target = elf.TARGETS[arch]
    sections = _sections(target, named)
    numbers = {section.name: number for number, section in enumerate(sections, 1)}
    rows = [
        (name, value, numbers.get(where, where), info, size)
        for name, value, where, info, size in _symbols()
    ]
    table, strings = elf.symbols(target, rows)
    local = 1 + sum(info >> 4 == 0 for _, _, _, info, _ in rows)
    sections += [
        elf.Section(
            ".symtab",
            table,
            elf.SHT_SYMTAB,
            align=8,
            link=".strtab",
            info=local,
            entsize=24 if target.bits == 64 else 16,
        ),
        elf.Section(".strtab", strings, elf.SHT_STRTAB),
    ]
    return elf.write(target, sections, kind=elf.ET_REL)


def _sections(target, named):
    text = elf.SHF_ALLOC | elf.SHF_EXEC
    data = elf.SHF_ALLOC | elf.SHF_WRITE
    words = target.bits // 8
    this_module = bytes(3 * words) + NAME.ljust(64 - words, b"\0") + bytes(64)
    modinfo = b"license=GPL\0" + (b"name=" + NAME + b"\0" if named else b"")
    return [
        elf.Section(".text", bytes(0x50), flags=text, align=16),
        elf.Section(".init.text", bytes(0x18), flags=text, align=8),
        elf.Section(".exit.text", bytes(0x0C), flags=text, align=4),
        elf.Section(".text.unlikely", bytes(0x14), flags=text, align=4),
        elf.Section(".rodata", bytes(0x20), flags=elf.SHF_ALLOC, align=8),
        elf.Section(".modinfo", modinfo, flags=elf.SHF_ALLOC),
        elf.Section(".data", bytes(0x10), flags=data, align=8),
        elf.Section(".gnu.linkonce.this_module", this_module, flags=data, align=64),
        elf.Section(".bss", type=elf.SHT_NOBITS, flags=data, align=32, size=0x40),
        elf.Section(".comment", b"a compiler\0"),
    ]


def _symbols():
    """Name, value, section or number, binding and type, size."""
    return [
        ("sample.c", 0, _ABSOLUTE, 0x04, 0),
        ("work", 0x10, ".text", _LOCAL_FUNCTION, 0x20),
        ("work.cold", 0, ".text.unlikely", _LOCAL_FUNCTION, 0x14),
        (".L7", 0x18, ".text", _LOCAL_NOTYPE, 0),
        ("table", 0, ".rodata", _LOCAL_OBJECT, 0x20),
        ("counter", 0, ".data", _LOCAL_OBJECT, 4),
        ("buffer", 0, ".bss", _LOCAL_OBJECT, 0x40),
        ("__UNIQUE_ID_license1", 0, ".modinfo", _LOCAL_OBJECT, 12),
        ("exported", 0x30, ".text", _GLOBAL_FUNCTION, 0x20),
        ("init_module", 0, ".init.text", _GLOBAL_FUNCTION, 0x18),
        ("cleanup_module", 0, ".exit.text", _GLOBAL_FUNCTION, 0x0C),
        ("__this_module", 0, ".gnu.linkonce.this_module", _GLOBAL_OBJECT, 0x80),
        ("__crc_exported", 0x12345678, _ABSOLUTE, _GLOBAL_NOTYPE, 0),
        ("_printk", 0, _UNDEFINED, _GLOBAL_NOTYPE, 0),
        ("maybe", 0, _UNDEFINED, _WEAK_NOTYPE, 0),
    ]
