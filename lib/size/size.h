/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIZE_SIZE_H
#define SIZE_SIZE_H

#include "base/arena.h"
#include "format/elf.h"
#include "kimg/size.h"
#include "symbol/symbols.h"

struct kimg_size {
	bool sections_only;
	struct blob file, decoded;
	struct kimg_image *image;
	struct kimg_symbols *symbols; /* maybe in the order of the file: see kimg_size_symbols() */
	struct span kernel; /* the ELF file or raw kernel; empty for a table of symbols alone */
	bool has_elf;
	struct elf elf;

	struct kimg_size_section *sections;
	size_t section_count;
	struct kimg_size_totals totals;

	struct kimg_size_region *regions;
	size_t region_count;

	struct kimg_size_symbol *ranking;
	size_t ranking_count;

	const struct kimg_note *notes;
	struct kimg_note *last_note;
	struct arena arena;
};

static inline uint64_t add_saturated(uint64_t a, uint64_t b)
{
	uint64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

/* Adds a note; where memory is short, none. */
void size_note(struct kimg_size *size, bool bad, const char *format, ...) printf_like(3, 4);

/* sections.c: fills in the sections and totals of size->elf. */
struct kimg_error *size_read_sections(struct kimg_size *size) must_check;

/*
 * measure.c: sorts symbols, and gives the sizes of all, one for each of the table; 0 where it has none. With by_distance
 * they are distances between symbols also where the table knows better. The caller frees *ret_sizes.
 */
struct kimg_error *size_measure(struct kimg_symbols *symbols, bool by_distance,
				uint64_t **ret_sizes) must_check;

/*
 * regions.c: whether symbol only marks where something ends: what follows it is padding, or has no name. With
 * told, the table tells the sizes of all that is more than a label.
 */
bool size_is_end(const struct kimg_symbol *symbol, bool told);

/* Whether the table tells sizes itself. */
static inline bool size_is_told(const struct kimg_symbols *symbols)
{
	return symbols->source == KIMG_SYMBOLS_ELF || symbols->source == KIMG_SYMBOLS_MODULE;
}

#endif
