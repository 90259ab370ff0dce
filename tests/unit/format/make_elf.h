/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_FORMAT_MAKE_ELF_H
#define TESTS_FORMAT_MAKE_ELF_H

/* A writer of small ELF files, of both classes and byte orders, that tells no more than it must. */

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>

#include "bytes.h"

struct made_section {
	const char *name;
	uint32_t type;
	uint64_t addr;
	const void *bytes;
	size_t size;
	uint32_t note_align;
};

struct made_segment {
	uint32_t type;
	uint64_t vaddr;
	uint64_t paddr;
	unsigned int section; /* the section whose bytes it holds, counted from 1; 0: none */
};

struct made_elf {
	bool is64;
	bool big_endian;
	uint16_t type;
	uint16_t machine;
	const struct made_section *sections;
	unsigned int n_sections;
	const struct made_segment *segments;
	unsigned int n_segments;
	bool no_section_headers;
};

struct made {
	uint8_t *p;
	size_t n;
	size_t phoff;
	size_t shoff;
	size_t offset[16]; /* of the sections' bytes */
};

static inline void make_header(struct writer *w, const struct made_elf *elf,
			       const struct made *made)
{
	unsigned int width = elf->is64 ? 8 : 4,
		     n = elf->no_section_headers ? 0 : elf->n_sections + 2;
	const uint8_t ident[16] = { 0x7f,
				    'E',
				    'L',
				    'F',
				    elf->is64 ? ELFCLASS64 : ELFCLASS32,
				    elf->big_endian ? ELFDATA2MSB : ELFDATA2LSB,
				    EV_CURRENT };

	add_bytes(w, ident, sizeof(ident));
	add_word(w, elf->type, 2);
	add_word(w, elf->machine, 2);
	add_word(w, EV_CURRENT, 4);
	add_word(w, elf->n_segments ? elf->segments[0].vaddr : 0, width);
	add_word(w, made->phoff, width);
	add_word(w, n ? made->shoff : 0, width);
	add_word(w, 0x1234, 4);
	add_word(w, elf->is64 ? 64 : 52, 2);
	add_word(w, elf->is64 ? 56 : 32, 2);
	add_word(w, elf->n_segments, 2);
	add_word(w, elf->is64 ? 64 : 40, 2);
	add_word(w, n, 2);
	add_word(w, n ? n - 1 : 0, 2);
}

static inline void make_segment(struct writer *w, const struct made_elf *elf,
				const struct made_segment *segment, uint64_t offset, uint64_t size)
{
	unsigned int width = elf->is64 ? 8 : 4;

	add_word(w, segment->type, 4);
	if (elf->is64)
		add_word(w, PF_R | PF_X, 4);
	add_word(w, offset, width);
	add_word(w, segment->vaddr, width);
	add_word(w, segment->paddr, width);
	add_word(w, size, width);
	add_word(w, size, width);
	if (!elf->is64)
		add_word(w, PF_R | PF_X, 4);
	add_word(w, 4, width);
}

static inline void make_section(struct writer *w, const struct made_elf *elf, uint32_t name,
				const struct made_section *section, uint64_t offset)
{
	unsigned int width = elf->is64 ? 8 : 4;

	add_word(w, name, 4);
	add_word(w, section->type, 4);
	add_word(w, section->addr ? SHF_ALLOC : 0, width);
	add_word(w, section->addr, width);
	add_word(w, offset, width);
	add_word(w, section->size, width);
	add_word(w, 0, 4);
	add_word(w, 0, 4);
	add_word(w, section->note_align ? section->note_align : 4, width);
	add_word(w, 0, width);
}

/* The caller frees made.p. */
static inline struct made make_elf(const struct made_elf *elf)
{
	struct made made = { .p = calloc(1, 1 << 20), .phoff = elf->is64 ? 64 : 52 };
	struct writer w = { .p = made.p, .big_endian = elf->big_endian };
	struct made_section names = { .name = ".shstrtab", .type = SHT_STRTAB };
	uint32_t name_at[16] = { 0 };
	char strings[512] = "";

	assert(made.p && elf->n_sections < 15);
	names.bytes = strings;
	names.size = 1;
	for (unsigned int i = 0; i <= elf->n_sections; i++) {
		const char *name = i < elf->n_sections ? elf->sections[i].name : names.name;

		name_at[i] = names.size;
		names.size += sprintf(strings + names.size, "%s", name) + 1;
	}
	w.at = made.phoff + elf->n_segments * (elf->is64 ? 56 : 32);
	for (unsigned int i = 0; i <= elf->n_sections; i++) {
		const struct made_section *section = i < elf->n_sections ? &elf->sections[i]
									 : &names;

		w.at = (w.at + 15) & ~(size_t)15;
		made.offset[i] = w.at;
		if (section->type != SHT_NOBITS &&
		    !(elf->no_section_headers && i == elf->n_sections))
			add_bytes(&w, section->bytes, section->size);
	}
	made.shoff = w.at = (w.at + 7) & ~(size_t)7;
	if (!elf->no_section_headers) {
		const struct made_section null = { 0 };

		make_section(&w, elf, 0, &null, 0);
		for (unsigned int i = 0; i <= elf->n_sections; i++)
			make_section(&w, elf, name_at[i],
				     i < elf->n_sections ? &elf->sections[i] : &names,
				     made.offset[i]);
	}
	made.n = w.at;
	w.at = 0;
	make_header(&w, elf, &made);
	for (unsigned int i = 0; i < elf->n_segments; i++) {
		unsigned int section = elf->segments[i].section;

		make_segment(&w, elf, &elf->segments[i], section ? made.offset[section - 1] : 0,
			     section ? elf->sections[section - 1].size : 0);
	}
	return made;
}

/* A note at p, aligned to 4; returns its length. */
static inline size_t make_note(uint8_t *p, bool big_endian, const char *owner, uint32_t type,
			       const void *desc, size_t n)
{
	struct writer w = { .p = p, .big_endian = big_endian };

	add_word(&w, strlen(owner) + 1, 4);
	add_word(&w, n, 4);
	add_word(&w, type, 4);
	add_bytes(&w, owner, strlen(owner) + 1);
	while (w.at % 4)
		p[w.at++] = 0;
	add_bytes(&w, desc, n);
	while (w.at % 4)
		p[w.at++] = 0;
	return w.at;
}

#endif
