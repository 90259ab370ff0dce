/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Compile units, and which of them the code at an address is of: by .debug_aranges where a unit is listed
 * there, which is much less to read, else by the ranges in the units themselves (clang writes no
 * .debug_aranges). DWARF 5, section 6.1.2; a set is
 *
 *	 0   4  unit_length: bytes behind it; 0xffffffff: the real one follows in 8 bytes, as do all offsets
 *	 4   2  version 2, in DWARF 5 as well
 *	 6   4  debug_info_offset: of the header of the unit
 *	10   1  address_size
 *	11   1  segment_selector_size: 0
 *	        padding up to a multiple of 2 * address_size, from the start of the set
 *	        address and length, address_size bytes each; both are 0 in the last
 */
#include <inttypes.h>

#include "base/buf.h"
#include "debug/source.h"

#define WIDE_LENGTH 0xffffffffu

/* ---- attributes ---- */

/*
 * libdw gives the place of a string that stands in the DIE itself, or behind an offset, without a look at
 * its end.
 */
static bool ends_in(struct span section, const char *text)
{
	uintptr_t start = (uintptr_t)section.p, at = (uintptr_t)text;

	return at >= start && at - start < section.n && memchr(text, 0, section.n - (at - start));
}

const char *die_text(const struct kimg_source *source, Dwarf_Die *die, unsigned int attribute)
{
	Dwarf_Attribute found;
	const char *text;

	if (!source->dw->dwarf_attr_integrate(die, attribute, &found))
		return NULL;
	text = source->dw->dwarf_formstring(&found);
	if (!text || !*text)
		return NULL;
	return ends_in(source->str, text) || ends_in(source->line_str, text) ||
			       ends_in(source->info, text)
		       ? text
		       : NULL;
}

uint64_t die_number(const struct kimg_source *source, Dwarf_Die *die, unsigned int attribute)
{
	Dwarf_Attribute found;
	Dwarf_Word value;

	if (!source->dw->dwarf_attr(die, attribute, &found) ||
	    source->dw->dwarf_formudata(&found, &value))
		return 0;
	return value;
}

struct kimg_error *die_add_reaches(const struct kimg_source *source, Dwarf_Die *die,
				   const struct reach *reach, struct buf *list, uint64_t *budget)
{
	struct reach each = *reach;
	Dwarf_Addr base = 0, low, high;
	ptrdiff_t at = 0;

	while ((at = source->dw->dwarf_ranges(die, at, &base, &low, &high)) > 0) {
		if ((*budget)-- == 0)
			return error_new(KIMG_E_CORRUPT, "more ranges than a unit can have");
		each.low = low;
		each.high = high;
		reaches_add(list, &each);
	}
	if (at < 0)
		return source_damaged(source, "ranges");
	return NULL;
}

/* ---- one unit ---- */

static struct kimg_error *die_at_offset(struct kimg_source *source, uint64_t offset,
					Dwarf_Die *ret_die, uint64_t *ret_end)
{
	const struct libdw *dw = source->dw;
	size_t header_size;
	Dwarf_Off end;

	TRY(check_units(source, offset));
	if (dw->dwarf_next_unit(source->dwarf, offset, &end, &header_size, NULL, NULL, NULL, NULL,
				NULL, NULL) ||
	    end <= offset || !dw->dwarf_offdie(source->dwarf, offset + header_size, ret_die))
		return source_damaged(source, "unit");
	if (ret_end)
		*ret_end = end;
	return NULL;
}

static struct kimg_error *unit_new(struct kimg_source *source, uint64_t offset,
				   struct unit **ret_unit)
{
	struct unit *unit = arena_alloc(&source->arena, sizeof(*unit));
	uint64_t end = 0;

	if (!unit)
		return error_nomem();
	unit->offset = offset;
	TRY(die_at_offset(source, offset, &unit->scope.die, &end));
	unit->scope.tag = source->dw->dwarf_tag(&unit->scope.die);
	unit->folder = die_text(source, &unit->scope.die, DW_AT_comp_dir);
	/* A DIE takes a byte at least; the walks meet each once as a child, and its ranges. */
	unit->budget = 2 * (end - offset) + 65536;
	*ret_unit = unit;
	return NULL;
}

struct kimg_error *unit_at_offset(struct kimg_source *source, uint64_t offset,
				  struct unit **ret_unit)
{
	struct unit **head = &source->units[(offset * 0x9e3779b97f4a7c15u) >> 54];
	struct unit *unit = *head;

	while (unit && unit->offset != offset)
		unit = unit->next;
	if (!unit) {
		TRY(unit_new(source, offset, &unit));
		unit->next = *head;
		*head = unit;
	}
	*ret_unit = unit;
	return NULL;
}

/* ---- all units ---- */

struct units_walk {
	struct kimg_source *source;
	struct buf list;  /* of struct reach: the ranges of one unit */
	struct buf plain; /* the same as struct kimg_source_range */
	uint64_t budget;
	uint64_t abbreviations; /* for check_unit() */
};

static void walk_done(struct units_walk *walk)
{
	buf_done(&walk->list);
	buf_done(&walk->plain);
}

/* Fills walk->list with the code of the unit; *ret_is is false for units of types and the like. */
static struct kimg_error *walk_unit(struct units_walk *walk, uint64_t offset, Dwarf_Die *ret_die,
				    uint64_t *ret_end, bool *ret_is)
{
	struct kimg_source *source = walk->source;
	int tag;

	walk->list.n = 0;
	TRY(check_unit(source, offset, &walk->abbreviations));
	TRY(die_at_offset(source, offset, ret_die, ret_end));
	tag = source->dw->dwarf_tag(ret_die);
	*ret_is = tag == DW_TAG_compile_unit || tag == DW_TAG_skeleton_unit;
	if (*ret_is)
		TRY(die_add_reaches(source, ret_die, &(struct reach){ .unit = offset }, &walk->list,
				    &walk->budget));
	return NULL;
}

static struct units_walk walk_of(struct kimg_source *source)
{
	return (struct units_walk){ .source = source, .budget = source->file.n + 65536 };
}

static bool is_last(const struct kimg_source *source, uint64_t offset)
{
	/* Sections may be padded. */
	return offset >= source->info.n || source->info.n - offset < 11;
}

static struct kimg_error *plain_ranges(struct units_walk *walk, struct kimg_source_unit *unit)
{
	const struct reach *all = (const struct reach *)(const void *)walk->list.p;
	size_t n = walk->list.n / sizeof(*all);

	walk->plain.n = 0;
	for (size_t i = 0; i < n; i++) {
		struct kimg_source_range range = { .start = all[i].low, .end = all[i].high };

		buf_add(&walk->plain, &range, sizeof(range));
	}
	if (walk->list.failed || walk->plain.failed)
		return error_nomem();
	unit->ranges = (const struct kimg_source_range *)(const void *)walk->plain.p;
	unit->range_count = n;
	return NULL;
}

static void describe(const struct kimg_source *source, Dwarf_Die *die, uint64_t offset,
		     struct kimg_source_unit *ret_unit)
{
	const char *name = die_text(source, die, DW_AT_name);

	*ret_unit = (struct kimg_source_unit){
		.folder = die_text(source, die, DW_AT_comp_dir),
		.id = offset,
	};
	if (name)
		ret_unit->name = lines_short_name(ret_unit->folder, name);
}

struct kimg_error *
kimg_source_units(struct kimg_source *source,
		  bool (*visit)(void *context, const struct kimg_source_unit *unit), void *context)
{
	cleanup(walk_done) struct units_walk walk = walk_of(source);

	for (uint64_t at = 0, end = 0; !is_last(source, at); at = end) {
		struct kimg_source_unit unit;
		Dwarf_Die die;
		bool is;

		TRY(walk_unit(&walk, at, &die, &end, &is));
		if (!is)
			continue;
		describe(source, &die, at, &unit);
		TRY(plain_ranges(&walk, &unit));
		if (!visit(context, &unit))
			return NULL;
	}
	return NULL;
}

static struct kimg_error *read_ranges(struct kimg_source *source)
{
	cleanup(walk_done) struct units_walk walk = walk_of(source);
	cleanup_buf struct buf all = { 0 };

	for (uint64_t at = 0, end = 0; !is_last(source, at); at = end) {
		Dwarf_Die die;
		bool is;

		TRY(walk_unit(&walk, at, &die, &end, &is));
		if (walk.list.n)
			buf_add(&all, walk.list.p, walk.list.n);
		all.failed = all.failed || walk.list.failed;
	}
	return reaches_finish(&all, NULL, &source->ranges);
}

/* ---- .debug_aranges ---- */

static uint64_t read_word(struct cursor *c, unsigned int size)
{
	return size == 8 ? cursor_u64(c) : cursor_u32(c);
}

/* One set without its unit_length. Sets of no known form say nothing. */
static void read_set(struct cursor c, size_t header_before, unsigned int offset_size,
		     struct buf *list)
{
	struct reach reach;
	unsigned int version, size, segment;
	size_t into;

	version = cursor_u16(&c);
	reach.unit = read_word(&c, offset_size);
	size = cursor_u8(&c);
	segment = cursor_u8(&c);
	if (c.failed || version != 2 || (size != 4 && size != 8) || segment != 0)
		return;
	into = (c.at + header_before) % (2 * size);
	if (into)
		cursor_skip(&c, 2 * size - into);
	while (c.s.n - c.at >= 2 * size && !c.failed) {
		reach.low = read_word(&c, size);
		reach.high = reach.low + read_word(&c, size);
		reaches_add(list, &reach);
	}
}

static struct kimg_error *read_aranges(struct kimg_source *source)
{
	struct cursor c = { .s = source_section(source, "aranges"),
			    .big_endian = source->elf.big_endian };
	cleanup_buf struct buf list = { 0 };

	while (c.at < c.s.n && !c.failed) {
		size_t start = c.at;
		uint64_t length = cursor_u32(&c);
		bool wide = length == WIDE_LENGTH;
		struct cursor set = { .big_endian = c.big_endian };

		if (wide)
			length = cursor_u64(&c);
		start = c.at - start;
		set.s = cursor_take(&c, length);
		read_set(set, start, wide ? 8 : 4, &list);
	}
	return reaches_finish(&list, NULL, &source->aranges);
}

/* ---- by address ---- */

struct kimg_error *unit_at_address(struct kimg_source *source, uint64_t address,
				   struct unit **ret_unit)
{
	const struct reach *reach;

	*ret_unit = NULL;
	/* What cannot be read is tried once. */
	if (!source->has_aranges) {
		source->has_aranges = true;
		TRY(read_aranges(source));
	}
	reach = reaches_at(&source->aranges, address);
	if (!reach && !source->has_ranges) {
		source->has_ranges = true;
		TRY(read_ranges(source));
	}
	if (!reach)
		reach = reaches_at(&source->ranges, address);
	return reach ? unit_at_offset(source, reach->unit, ret_unit) : NULL;
}

struct kimg_error *kimg_source_unit_at(struct kimg_source *source, uint64_t address,
				       struct kimg_source_unit *ret_unit)
{
	struct unit *unit;

	TRY(source_trim(source));
	TRY(unit_at_address(source, address, &unit));
	if (!unit)
		return error_new(KIMG_E_NOT_FOUND, "no unit has code at 0x%" PRIx64, address);
	describe(source, &unit->scope.die, unit->offset, ret_unit);
	return NULL;
}
