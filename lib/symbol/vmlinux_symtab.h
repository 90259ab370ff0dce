/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYMBOL_VMLINUX_SYMTAB_H
#define SYMBOL_VMLINUX_SYMTAB_H

#include "format/elf_writer.h"
#include "io/blob.h"
#include "symbol/symbols.h"

/*
 * Makes .symtab and .strtab of an ELF file out of a table of symbols: kallsyms knows addresses, names and letters
 * of nm(1), an ELF file wants sections, types, bindings and sizes.
 */
struct vmlinux_symtab {
	struct blob symbols; /* .symtab */
	struct blob names;   /* .strtab */
	uint32_t locals; /* sh_info: how many come before the first that is not local, the null symbol included */
	size_t count; /* without the null symbol */
};

/*
 * What a symbol is:
 *
 * section  the one that its address lies in. A label at the end of one section and the start of the next belongs
 *          to the one that fits its letter; one in a hole belongs to the section before, as linkers see it. Else,
 *          and where it is no address (A, a), SHN_ABS; but what the per-CPU section of x86-64 at address 0 covers
 *          is in there (kallsyms gives these the letter A).
 * type     STT_FUNC for t and T, and for weak ones in code; STT_OBJECT for other letters that tell of a place;
 *          STT_NOTYPE for the labels of linker scripts, and what is left. On ARM, what has an odd address is no
 *          function: the lowest bit of those means Thumb code.
 * binding  by the letter: lower case is local, w and v are weak whatever their case.
 * size     as the source has it, else up to the next symbol or the end of the section; 0 for labels.
 *
 * elf is the header of the file, sections are all of the file, [0] being the null section; those of SHF_ALLOC are looked at.
 * KIMG_E_UNSUPPORTED for more sections than a symbol can name, KIMG_E_LIMIT for names past 4 GiB.
 */
struct kimg_error *vmlinux_symtab_make(const struct kimg_symbols *symbols, const struct elf *elf,
				       const struct elf_section *sections, uint32_t section_count,
				       struct vmlinux_symtab *ret_symtab) must_check;

void vmlinux_symtab_done(struct vmlinux_symtab *symtab);

#define cleanup_vmlinux_symtab cleanup(vmlinux_symtab_done)

#endif
