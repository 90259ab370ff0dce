/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sections, and the totals of size(1). */
#include <elf.h>
#include <inttypes.h>

#include "size/size.h"

/* Real kernels have fewer than 200; a hostile file may have as many as fit. */
#define MAX_SECTIONS 65536

/* More places that lie are not told one by one. */
#define MAX_LIES 8

const char *kimg_size_kind_name(enum kimg_size_kind kind)
{
	static const char *const names[] = {
		[KIMG_SIZE_TEXT] = "text",         [KIMG_SIZE_RODATA] = "rodata",
		[KIMG_SIZE_DATA] = "data",         [KIMG_SIZE_BSS] = "bss",
		[KIMG_SIZE_UNLOADED] = "unloaded",
	};

	return (size_t)kind < ARRAY_SIZE(names) ? names[kind] : NULL;
}

static enum kimg_size_kind kind_of(const struct elf_section *section)
{
	if (!(section->flags & SHF_ALLOC))
		return KIMG_SIZE_UNLOADED;
	if (section->flags & SHF_EXECINSTR)
		return KIMG_SIZE_TEXT;
	if (!(section->flags & SHF_WRITE))
		return KIMG_SIZE_RODATA;
	return elf_section_has_bytes(section) ? KIMG_SIZE_DATA : KIMG_SIZE_BSS;
}

/* binutils/size.c (2.40), the Berkeley format: code and what is read-only make text, in the file or not. */
static void add_to_totals(struct kimg_size_totals *totals, const struct kimg_size_section *section)
{
	uint64_t *const sums[] = {
		[KIMG_SIZE_TEXT] = &totals->text, [KIMG_SIZE_RODATA] = &totals->text,
		[KIMG_SIZE_DATA] = &totals->data, [KIMG_SIZE_BSS] = &totals->bss,
		[KIMG_SIZE_UNLOADED] = NULL,
	};
	uint64_t *sum = sums[section->kind];

	if (sum)
		*sum = add_saturated(*sum, section->size);
}

static bool lies(const struct elf *elf, const struct elf_section *section)
{
	return elf_section_has_bytes(section) && elf_section_bytes(elf, section).n < section->size;
}

static struct kimg_error *add_section(struct kimg_size *size, const struct elf_section *section)
{
	struct kimg_size_section *to = &size->sections[size->section_count];

	to->name = arena_copy(&size->arena, (const char *)section->name.p, section->name.n);
	if (!to->name)
		return error_nomem();
	to->address = section->addr;
	to->size = section->size;
	to->kind = kind_of(section);
	add_to_totals(&size->totals, to);
	size->section_count++;
	return NULL;
}

struct kimg_error *size_read_sections(struct kimg_size *size)
{
	uint32_t count = size->elf.sections < MAX_SECTIONS ? size->elf.sections : MAX_SECTIONS;
	struct elf_section section;
	unsigned int told = 0;

	if (count < 2)
		return NULL;
	if (count < size->elf.shnum)
		size_note(size, true, "%" PRIu64 " sections are said, %" PRIu32 " are read",
			  size->elf.shnum, count);
	size->sections = reallocarray(NULL, count, sizeof(*size->sections));
	if (!size->sections)
		return error_nomem();
	for (uint32_t i = 1; i < count && elf_section_at(&size->elf, i, &section); i++) {
		TRY(add_section(size, &section));
		if (told < MAX_LIES && lies(&size->elf, &section)) {
			told++;
			size_note(size, true, "section %" PRIu32 " runs past the end of the file",
				  i);
		}
	}
	return NULL;
}

bool kimg_size_totals(const struct kimg_size *size, struct kimg_size_totals *ret_totals)
{
	if (size->section_count)
		*ret_totals = size->totals;
	return size->section_count != 0;
}

const struct kimg_size_section *kimg_size_sections(const struct kimg_size *size, size_t *ret_count)
{
	*ret_count = size->section_count;
	return size->sections;
}
