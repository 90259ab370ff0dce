/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FORMAT_ELF_DYNAMIC_H
#define FORMAT_ELF_DYNAMIC_H

#include "format/elf.h"

/* What an ELF file wants of the dynamic linker. Nothing is allocated; all texts are the file's. */
struct elf_dynamic {
	bool is64;
	bool big_endian;
	struct span entries; /* of PT_DYNAMIC */
	struct span strings; /* DT_STRTAB */
};

/* False where the ELF is not linked dynamically. */
bool elf_dynamic_open(const struct elf *elf, struct elf_dynamic *ret);

/* The entry of that index; false at DT_NULL and at the end. */
bool elf_dynamic_at(const struct elf_dynamic *dynamic, size_t index, uint64_t *ret_tag,
		    uint64_t *ret_value);

/* The text that an entry's value stands for, without its NUL; empty where there is none. */
struct span elf_dynamic_text(const struct elf_dynamic *dynamic, uint64_t value);

/* The text of the last entry of a tag that may stand there once; empty where there is none. */
struct span elf_dynamic_find(const struct elf_dynamic *dynamic, uint64_t tag);

/* Whether name is among the strings: a symbol that is imported or exported, or a library. */
bool elf_dynamic_names(const struct elf_dynamic *dynamic, const char *name);

/* PT_INTERP, without its NUL; empty where there is none. */
struct span elf_interpreter(const struct elf *elf);

#endif
