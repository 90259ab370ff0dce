/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FORMAT_ELF_WRITER_H
#define FORMAT_ELF_WRITER_H

#include "format/elf.h"

/*
 * Writes the headers and tables of ELF files, of both classes and byte orders: what elf.h reads. Each function
 * fills the place at p, which is as large as elf_size_of() says. In 32 bits, addresses lose their upper half.
 */
struct elf_form {
	bool is64;
	bool big_endian;
};

enum elf_entry { ELF_HEADER, ELF_SEGMENT, ELF_SECTION, ELF_SYMBOL };

static inline struct elf_form elf_form_of(const struct elf *elf)
{
	return (struct elf_form){ .is64 = elf->is64, .big_endian = elf->big_endian };
}

size_t elf_size_of(struct elf_form form, enum elf_entry entry);

/*
 * The header with what elf says: of the counts, phnum, shnum and shstrndx, which must fit into 16 bits; sizes
 * of entries are the usual ones. elf->file is not looked at.
 */
void elf_write_header(uint8_t *p, const struct elf *elf);

void elf_write_segment(uint8_t *p, struct elf_form form, const struct elf_segment *segment);

/* Its name is name_at alone. */
void elf_write_section(uint8_t *p, struct elf_form form, const struct elf_section *section);

struct elf_symbol {
	uint32_t name_at;
	uint8_t info;  /* ELF64_ST_INFO(binding, type) */
	uint8_t other; /* visibility */
	uint16_t section;
	uint64_t value;
	uint64_t size;
};

void elf_write_symbol(uint8_t *p, struct elf_form form, const struct elf_symbol *symbol);

#endif
