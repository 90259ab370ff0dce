/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Compile units in .debug_info (DWARF 5, section 7.5.1). A header is
 *
 *	 0  4  unit_length: bytes behind it; 0xffffffff: the real one follows in 8 bytes, as do all offsets
 *	 4  2  version
 *	       2 to 4: debug_abbrev_offset (4), address_size (1)
 *	       5: unit_type (1), address_size (1), debug_abbrev_offset (4); types: signature (8), offset (4);
 *	          with a .dwo: its id (8)
 *	    .. the first DIE, which is the unit
 *
 * The code that is in a .dwo of its own is not read: what is here of it has lines alone.
 */
#include "base/buf.h"
#include "debug/source.h"

static struct kimg_error *damaged(uint64_t offset, const char *what)
{
	return error_at(KIMG_E_CORRUPT, offset, "debug information: %s", what);
}

static void read_kind(struct cursor *c, struct unit *unit)
{
	struct encoding *encoding = &unit->encoding;

	unit->type = DW_UT_compile;
	if (encoding->version >= 5) {
		unit->type = cursor_u8(c);
		encoding->address_size = cursor_u8(c);
	}
	unit->abbrev_offset = cursor_offset(c, encoding);
	if (encoding->version < 5)
		encoding->address_size = cursor_u8(c);
	else if (unit->type == DW_UT_skeleton || unit->type == DW_UT_split_compile)
		cursor_skip(c, 8);
	else if (unit->type == DW_UT_type || unit->type == DW_UT_split_type)
		cursor_skip(c, encoding->wide ? 16 : 12);
}

struct kimg_error *unit_read_header(const struct kimg_source *source, uint64_t offset,
				    struct unit *ret_unit, bool *ret_known)
{
	struct cursor c = section_cursor(source, SECTION_INFO, offset), rest;
	struct unit unit = { .offset = offset };

	rest = cursor_unit(&c, &unit.encoding.wide);
	unit.end = c.at;
	unit.encoding.version = cursor_u16(&rest);
	if (rest.failed || unit.end <= offset)
		return damaged(offset, "no unit where one is expected");
	*ret_known = unit.encoding.version >= 2 && unit.encoding.version <= 5;
	if (*ret_known) {
		read_kind(&rest, &unit);
		if (rest.failed ||
		    (unit.encoding.address_size != 4 && unit.encoding.address_size != 8))
			return damaged(offset, "a unit with a bad header");
	}
	unit.first_die = unit.end - rest.s.n + rest.at;
	*ret_unit = unit;
	return NULL;
}

static bool is_flat(uint64_t language)
{
	switch (language) {
	case DW_LANG_C89:
	case DW_LANG_C:
	case DW_LANG_C99:
	case DW_LANG_C11:
	case DW_LANG_C17:
		return true;
	}
	return false;
}

void unit_set_first(const struct kimg_source *source, struct unit *unit, const struct die *die)
{
	const unsigned int header_size = unit->encoding.wide ? 16 : 8;

	unit->tag = die->tag;
	unit->is_flat = is_flat(die_number(die, AT_LANGUAGE));
	unit->str_offsets_base = die_number(die, AT_STR_OFFSETS_BASE);
	if (!die_has(die, AT_STR_OFFSETS_BASE) && unit->encoding.version >= 5)
		unit->str_offsets_base = header_size;
	unit->addr_base = die_number(die, AT_ADDR_BASE);
	unit->rnglists_base = die_number(die, AT_RNGLISTS_BASE);
	if (!die_address(source, unit, die, AT_LOW_PC, &unit->low) &&
	    !die_address(source, unit, die, AT_ENTRY_PC, &unit->low))
		unit->low = 0;
	unit->folder = die_text(source, unit, die, AT_COMP_DIR);
	unit->has_line_offset = die_has(die, AT_STMT_LIST);
	unit->line_offset = die_number(die, AT_STMT_LIST);
	/*
	 * A DIE takes a byte at least, and 8 on average. Where siblings are not given (clang) the children of all
	 * scopes around an address are walked over again for each, and those lie 30 deep.
	 */
	unit->budget = 8 * (unit->end - unit->offset) + 65536;
	unit->scope = (struct scope){ .die = unit->first_die, .tag = die->tag };
}

static struct kimg_error *unit_new(struct kimg_source *source, uint64_t offset,
				   struct unit **ret_unit)
{
	struct unit *unit = source_alloc(source, sizeof(*unit));
	struct die die;
	bool known;

	if (!unit)
		return error_nomem();
	TRY(unit_read_header(source, offset, unit, &known));
	if (!known)
		return error_at(KIMG_E_UNSUPPORTED, offset, "debug information: DWARF version %u",
				unit->encoding.version);
	TRY(abbrevs_at(source, unit->abbrev_offset, &unit->encoding, &unit->abbrevs));
	TRY(die_read(source, unit, unit->first_die, &die));
	unit_set_first(source, unit, &die);
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

/* ---- by the offset of a DIE ---- */

static struct kimg_error *read_offsets(struct kimg_source *source)
{
	struct cursor c = section_cursor(source, SECTION_INFO, 0);
	cleanup_buf struct buf list = { 0 };
	bool wide;

	while (c.at < c.s.n && !c.failed) {
		uint64_t at = c.at;

		cursor_unit(&c, &wide);
		if (list.n > source->limits.memory)
			return error_new(KIMG_E_LIMIT, "debug information of too many units");
		buf_add(&list, &at, sizeof(at));
	}
	if (list.failed)
		return error_nomem();
	source->unit_offsets = (uint64_t *)(void *)list.p;
	source->unit_count = list.n / sizeof(uint64_t);
	list = (struct buf){ 0 };
	return NULL;
}

struct kimg_error *unit_of_die(struct kimg_source *source, uint64_t offset, struct unit **ret_unit)
{
	size_t from = 0, to;

	*ret_unit = NULL;
	if (!source->unit_offsets)
		TRY(read_offsets(source));
	to = source->unit_count;
	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (source->unit_offsets[middle] <= offset)
			from = middle + 1;
		else
			to = middle;
	}
	if (from == 0 || offset >= section_bytes(source, SECTION_INFO).n)
		return NULL;
	return unit_at_offset(source, source->unit_offsets[from - 1], ret_unit);
}
