/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DIEs, the entries that debug information is made of (DWARF 5, section 7.5.2):
 *
 *	LEB128  code of its abbreviation; 0 ends a list of children
 *	 ..     the values of the attributes that the abbreviation names
 *	 ..     its children, where the abbreviation says that there are some
 */
#include "debug/source.h"

/* How many DIEs a name may be away: a function out of a class that was inlined takes 3. */
#define ORIGINS_MAX 16

static struct kimg_error *damaged(uint64_t offset, const char *what)
{
	return error_at(KIMG_E_CORRUPT, offset, "debug information: %s", what);
}

struct cursor die_cursor(const struct kimg_source *source, const struct unit *unit, uint64_t offset)
{
	struct cursor c = { .s = span_clip(section_bytes(source, SECTION_INFO), 0, unit->end),
			    .big_endian = source->elf.big_endian };

	cursor_seek(&c, offset);
	return c;
}

static int slot_of(uint64_t name)
{
	switch (name) {
	case DW_AT_name:
		return AT_NAME;
	case DW_AT_linkage_name:
	case DW_AT_MIPS_linkage_name:
		return AT_LINKAGE_NAME;
	case DW_AT_sibling:
		return AT_SIBLING;
	case DW_AT_abstract_origin:
	case DW_AT_specification:
		return AT_ORIGIN;
	case DW_AT_low_pc:
		return AT_LOW_PC;
	case DW_AT_high_pc:
		return AT_HIGH_PC;
	case DW_AT_entry_pc:
		return AT_ENTRY_PC;
	case DW_AT_ranges:
		return AT_RANGES;
	case DW_AT_call_file:
		return AT_CALL_FILE;
	case DW_AT_call_line:
		return AT_CALL_LINE;
	case DW_AT_call_column:
		return AT_CALL_COLUMN;
	case DW_AT_comp_dir:
		return AT_COMP_DIR;
	case DW_AT_language:
		return AT_LANGUAGE;
	case DW_AT_stmt_list:
		return AT_STMT_LIST;
	case DW_AT_str_offsets_base:
		return AT_STR_OFFSETS_BASE;
	case DW_AT_addr_base:
	case DW_AT_GNU_addr_base:
		return AT_ADDR_BASE;
	case DW_AT_rnglists_base:
		return AT_RNGLISTS_BASE;
	case DW_AT_GNU_ranges_base:
		return AT_RANGES_BASE;
	}
	return -1;
}

struct kimg_error *die_read_as(const struct kimg_source *source, const struct unit *unit,
			       const struct abbrev *abbrev, struct cursor c, struct die *ret_die)
{
	struct cursor list = section_cursor(source, SECTION_ABBREV, abbrev->attributes);
	struct attribute attribute;

	ret_die->tag = abbrev->tag;
	ret_die->has_children = abbrev->has_children;
	ret_die->have = 0;
	while (attribute_next(&list, &attribute)) {
		int slot = slot_of(attribute.name);

		if (slot < 0) {
			form_skip(&c, attribute.form, &unit->encoding);
			continue;
		}
		ret_die->have |= 1u << slot;
		ret_die->values[slot] =
			form_read(&c, attribute.form, &unit->encoding, attribute.implicit);
	}
	ret_die->next = c.at;
	return c.failed ? damaged(c.at, "an entry that cannot be read") : NULL;
}

struct kimg_error *die_read(const struct kimg_source *source, const struct unit *unit,
			    uint64_t offset, struct die *ret_die)
{
	struct cursor c = die_cursor(source, unit, offset);
	uint64_t code = cursor_uleb128(&c);
	const struct abbrev *abbrev = abbrev_find(unit->abbrevs, code);

	if (offset < unit->first_die || c.failed || !abbrev)
		return damaged(offset, "no entry where one is expected");
	ret_die->offset = offset;
	return die_read_as(source, unit, abbrev, c, ret_die);
}

/* ---- over to the next one ---- */

/* A DIE whose attributes vary in size. */
static void skip_slowly(const struct kimg_source *source, const struct unit *unit,
			const struct abbrev *abbrev, struct cursor *c, uint64_t *sibling)
{
	struct cursor list = section_cursor(source, SECTION_ABBREV, abbrev->attributes);
	struct attribute attribute;

	while (attribute_next(&list, &attribute)) {
		if (attribute.name == DW_AT_sibling)
			*sibling =
				form_read(c, attribute.form, &unit->encoding, attribute.implicit).u;
		else
			form_skip(c, attribute.form, &unit->encoding);
	}
}

static void skip_by_steps(const struct abbrev *abbrev, struct cursor *c)
{
	for (const uint8_t *step = abbrev->skip; *step; step++)
		switch (*step) {
		case SKIP_LEB128:
			cursor_uleb128(c);
			break;
		case SKIP_BLOCK:
			cursor_skip(c, cursor_uleb128(c));
			break;
		case SKIP_BLOCK1:
			cursor_skip(c, cursor_u8(c));
			break;
		default:
			cursor_skip(c, *step);
		}
}

void die_skip(const struct kimg_source *source, const struct unit *unit,
	      const struct abbrev *abbrev, struct cursor *c, uint64_t *ret_sibling)
{
	uint64_t sibling = 0;

	if (abbrev->sibling >= 0) {
		struct cursor at = *c;

		cursor_skip(&at, abbrev->sibling);
		sibling = cursor_u32(&at);
	}
	if (abbrev->skip[0] == SKIP_SLOWLY)
		skip_slowly(source, unit, abbrev, c, &sibling);
	else
		skip_by_steps(abbrev, c);
	*ret_sibling = 0;
	if (sibling && sibling <= unit->end - unit->offset && sibling + unit->offset >= c->at)
		*ret_sibling = sibling + unit->offset;
}

/* ---- values ---- */

static const char *text_at_index(const struct kimg_source *source, const struct unit *unit,
				 uint64_t index)
{
	const unsigned int size = unit->encoding.wide ? 8 : 4;
	uint64_t base = unit->str_offsets_base, offset;
	struct cursor c;

	if (index > UINT32_MAX || base > section_bytes(source, SECTION_STR_OFFSETS).n)
		return NULL;
	c = section_cursor(source, SECTION_STR_OFFSETS, base + index * size);
	offset = cursor_offset(&c, &unit->encoding);
	return c.failed ? NULL : section_text(source, SECTION_STR, offset);
}

const char *die_text(const struct kimg_source *source, const struct unit *unit,
		     const struct die *die, enum die_slot slot)
{
	const struct value *value = &die->values[slot];
	const char *text = NULL;

	if (!die_has(die, slot))
		return NULL;
	switch (value->form) {
	case DW_FORM_string:
		text = section_text(source, SECTION_INFO, value->u);
		break;
	case DW_FORM_strp:
		text = section_text(source, SECTION_STR, value->u);
		break;
	case DW_FORM_line_strp:
		text = section_text(source, SECTION_LINE_STR, value->u);
		break;
	case DW_FORM_strx:
	case DW_FORM_strx1:
	case DW_FORM_strx2:
	case DW_FORM_strx3:
	case DW_FORM_strx4:
	case DW_FORM_GNU_str_index:
		text = text_at_index(source, unit, value->u);
		break;
	}
	return text && *text ? text : NULL;
}

uint64_t die_number(const struct die *die, enum die_slot slot)
{
	return die_has(die, slot) ? die->values[slot].u : 0;
}

bool die_address(const struct kimg_source *source, const struct unit *unit, const struct die *die,
		 enum die_slot slot, uint64_t *ret_address)
{
	if (!die_has(die, slot))
		return false;
	if (form_is_address_index(die->values[slot].form))
		return address_at_index(source, unit, die->values[slot].u, ret_address);
	if (die->values[slot].form != DW_FORM_addr)
		return false;
	*ret_address = die->values[slot].u;
	return true;
}

/* ---- names ---- */

/* The DIE that a reference means; *ret_unit is NULL where it is in another file, or of another kind. */
static struct kimg_error *follow(struct kimg_source *source, struct unit *unit,
				 const struct value *reference, struct unit **ret_unit,
				 uint64_t *ret_offset)
{
	*ret_unit = NULL;
	switch (reference->form) {
	case DW_FORM_ref1:
	case DW_FORM_ref2:
	case DW_FORM_ref4:
	case DW_FORM_ref8:
	case DW_FORM_ref_udata:
		if (reference->u < unit->end - unit->offset)
			*ret_unit = unit;
		*ret_offset = unit->offset + reference->u;
		return NULL;
	case DW_FORM_ref_addr:
		*ret_offset = reference->u;
		if (reference->u >= unit->offset && reference->u < unit->end)
			*ret_unit = unit;
		else
			TRY(unit_of_die(source, reference->u, ret_unit));
	}
	return NULL;
}

struct kimg_error *die_names(struct kimg_source *source, struct unit *unit, uint64_t offset,
			     const char **ret_name, const char **ret_linkage_name)
{
	struct die die;

	*ret_name = *ret_linkage_name = NULL;
	for (unsigned int i = 0; i < ORIGINS_MAX && unit; i++) {
		TRY(die_read(source, unit, offset, &die));
		if (!*ret_name)
			*ret_name = die_text(source, unit, &die, AT_NAME);
		if (!*ret_linkage_name)
			*ret_linkage_name = die_text(source, unit, &die, AT_LINKAGE_NAME);
		if (!die_has(&die, AT_ORIGIN) || (*ret_name && *ret_linkage_name))
			break;
		TRY(follow(source, unit, &die.values[AT_ORIGIN], &unit, &offset));
	}
	return NULL;
}
