/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writing ELF: the tables stand at the top of elf.c. A symbol is, in 32 bits, st_name 4, st_value 4, st_size 4,
 * st_info 1, st_other 1, st_shndx 2; in 64 bits st_name 4, st_info 1, st_other 1, st_shndx 2, st_value 8,
 * st_size 8.
 */
#include "format/elf_writer.h"

#include <elf.h>

/* Where the next number goes, and in which form. */
struct pen {
	uint8_t *p;
	struct elf_form form;
};

static inline void put8(struct pen *pen, uint8_t value)
{
	*pen->p++ = value;
}

static inline void put16(struct pen *pen, uint16_t value)
{
	if (pen->form.big_endian)
		put_be16(pen->p, value);
	else
		put_le16(pen->p, value);
	pen->p += 2;
}

static inline void put32(struct pen *pen, uint32_t value)
{
	if (pen->form.big_endian)
		put_be32(pen->p, value);
	else
		put_le32(pen->p, value);
	pen->p += 4;
}

static inline void put_word(struct pen *pen, uint64_t value)
{
	if (!pen->form.is64) {
		put32(pen, value);
		return;
	}
	if (pen->form.big_endian)
		put_be64(pen->p, value);
	else
		put_le64(pen->p, value);
	pen->p += 8;
}

size_t elf_size_of(struct elf_form form, enum elf_entry entry)
{
	switch (entry) {
	case ELF_HEADER:
		return form.is64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
	case ELF_SEGMENT:
		return form.is64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
	case ELF_SECTION:
		return form.is64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
	case ELF_SYMBOL:
		return form.is64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
	}
	return 0;
}

void elf_write_header(uint8_t *p, const struct elf *elf)
{
	struct pen pen = { .p = p + EI_NIDENT, .form = elf_form_of(elf) };

	memset(p, 0, EI_NIDENT);
	memcpy(p, ELFMAG, SELFMAG);
	p[EI_CLASS] = elf->is64 ? ELFCLASS64 : ELFCLASS32;
	p[EI_DATA] = elf->big_endian ? ELFDATA2MSB : ELFDATA2LSB;
	p[EI_VERSION] = EV_CURRENT;
	p[EI_OSABI] = elf->osabi;
	p[EI_ABIVERSION] = elf->abiversion;
	put16(&pen, elf->type);
	put16(&pen, elf->machine);
	put32(&pen, EV_CURRENT);
	put_word(&pen, elf->entry);
	put_word(&pen, elf->phoff);
	put_word(&pen, elf->shoff);
	put32(&pen, elf->flags);
	put16(&pen, elf_size_of(pen.form, ELF_HEADER));
	put16(&pen, elf->phnum ? elf_size_of(pen.form, ELF_SEGMENT) : 0);
	put16(&pen, elf->phnum);
	put16(&pen, elf_size_of(pen.form, ELF_SECTION));
	put16(&pen, elf->shnum);
	put16(&pen, elf->shstrndx);
}

void elf_write_segment(uint8_t *p, struct elf_form form, const struct elf_segment *segment)
{
	struct pen pen = { .p = p, .form = form };

	put32(&pen, segment->type);
	if (form.is64)
		put32(&pen, segment->flags);
	put_word(&pen, segment->offset);
	put_word(&pen, segment->vaddr);
	put_word(&pen, segment->paddr);
	put_word(&pen, segment->filesz);
	put_word(&pen, segment->memsz);
	if (!form.is64)
		put32(&pen, segment->flags);
	put_word(&pen, segment->align);
}

void elf_write_section(uint8_t *p, struct elf_form form, const struct elf_section *section)
{
	struct pen pen = { .p = p, .form = form };

	put32(&pen, section->name_at);
	put32(&pen, section->type);
	put_word(&pen, section->flags);
	put_word(&pen, section->addr);
	put_word(&pen, section->offset);
	put_word(&pen, section->size);
	put32(&pen, section->link);
	put32(&pen, section->info);
	put_word(&pen, section->addralign);
	put_word(&pen, section->entsize);
}

void elf_write_symbol(uint8_t *p, struct elf_form form, const struct elf_symbol *symbol)
{
	struct pen pen = { .p = p, .form = form };

	put32(&pen, symbol->name_at);
	if (!form.is64) {
		put32(&pen, symbol->value);
		put32(&pen, symbol->size);
	}
	put8(&pen, symbol->info);
	put8(&pen, symbol->other);
	put16(&pen, symbol->section);
	if (form.is64) {
		put_word(&pen, symbol->value);
		put_word(&pen, symbol->size);
	}
}
