/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The code of a DIE: DW_AT_low_pc and DW_AT_high_pc, or DW_AT_ranges, which is the place of a list (DWARF 5, section
 * 2.17.3):
 *
 *	.debug_ranges (to DWARF 4)    pairs of addresses, relative to a base; 0, 0 ends them; the highest address and
 *	                              another one: that is the base from here on
 *	.debug_rnglists (DWARF 5)     DW_RLE_... 1, and what it has: addresses, or indexes into .debug_addr, and
 *	                              lengths or offsets as LEB128
 */
#include "base/buf.h"
#include "debug/source.h"

/* What a list is read with. */
struct list {
	const struct kimg_source *source;
	const struct unit *unit;
	struct cursor c;
	uint64_t base;
	struct reach reach; /* the next one */
	struct buf *reaches;
	uint64_t *budget;
};

static struct kimg_error *damaged(void)
{
	return error_new(KIMG_E_CORRUPT, "debug information: ranges that cannot be read");
}

bool address_at_index(const struct kimg_source *source, const struct unit *unit, uint64_t index,
		      uint64_t *ret_address)
{
	struct cursor c;

	if (index > UINT32_MAX || unit->addr_base > section_bytes(source, SECTION_ADDR).n)
		return false;
	c = section_cursor(source, SECTION_ADDR,
			   unit->addr_base + index * unit->encoding.address_size);
	*ret_address = cursor_address(&c, &unit->encoding);
	return !c.failed;
}

static struct kimg_error *spend(struct list *list)
{
	if ((*list->budget)-- == 0)
		return error_new(KIMG_E_CORRUPT, "more ranges than a unit can have");
	return NULL;
}

static void add(struct list *list, uint64_t low, uint64_t high)
{
	list->reach.low = low & address_mask(&list->unit->encoding);
	list->reach.high = high & address_mask(&list->unit->encoding);
	reaches_add(list->reaches, &list->reach);
}

/* ---- to DWARF 4 ---- */

static struct kimg_error *read_pairs(struct list *list)
{
	const struct encoding *encoding = &list->unit->encoding;

	for (;;) {
		uint64_t low = cursor_address(&list->c, encoding);
		uint64_t high = cursor_address(&list->c, encoding);

		TRY(spend(list));
		if (list->c.failed)
			return damaged();
		if (low == 0 && high == 0)
			return NULL;
		if (low == address_mask(encoding))
			list->base = high;
		else
			add(list, list->base + low, list->base + high);
	}
}

/* ---- DWARF 5 ---- */

static uint64_t indexed(struct list *list)
{
	uint64_t address = 0;

	if (!address_at_index(list->source, list->unit, cursor_uleb128(&list->c), &address))
		list->c.failed = true;
	return address;
}

/* False at the end of the list. */
static bool read_entry(struct list *list)
{
	const struct encoding *encoding = &list->unit->encoding;
	struct cursor *c = &list->c;
	uint64_t low = 0, high = 0;

	switch (cursor_u8(c)) {
	case DW_RLE_end_of_list:
		return false;
	case DW_RLE_base_addressx:
		list->base = indexed(list);
		return true;
	case DW_RLE_base_address:
		list->base = cursor_address(c, encoding);
		return true;
	case DW_RLE_startx_endx:
		low = indexed(list);
		high = indexed(list);
		break;
	case DW_RLE_startx_length:
		low = indexed(list);
		high = low + cursor_uleb128(c);
		break;
	case DW_RLE_offset_pair:
		low = list->base + cursor_uleb128(c);
		high = list->base + cursor_uleb128(c);
		break;
	case DW_RLE_start_end:
		low = cursor_address(c, encoding);
		high = cursor_address(c, encoding);
		break;
	case DW_RLE_start_length:
		low = cursor_address(c, encoding);
		high = low + cursor_uleb128(c);
		break;
	default:
		c->failed = true;
	}
	if (!c->failed)
		add(list, low, high);
	return true;
}

static struct kimg_error *read_list(struct list *list)
{
	bool more;

	do {
		TRY(spend(list));
		more = read_entry(list);
		if (list->c.failed)
			return damaged();
	} while (more);
	return NULL;
}

/* Where the list is that an index stands for: offsets from the base on, which are relative to it. */
static uint64_t list_at_index(const struct kimg_source *source, const struct unit *unit,
			      uint64_t index)
{
	const unsigned int size = unit->encoding.wide ? 8 : 4;
	uint64_t base = unit->rnglists_base;
	struct cursor c;

	if (index > UINT32_MAX || base > section_bytes(source, SECTION_RNGLISTS).n)
		return UINT64_MAX;
	c = section_cursor(source, SECTION_RNGLISTS, base + index * size);
	base += cursor_offset(&c, &unit->encoding);
	return c.failed ? UINT64_MAX : base;
}

/* ---- both ---- */

static struct kimg_error *add_list(struct list *list, const struct value *value)
{
	const struct kimg_source *source = list->source;
	const struct unit *unit = list->unit;

	if (unit->encoding.version < 5) {
		list->c = section_cursor(source, SECTION_RANGES, value->u + unit->ranges_base);
		return read_pairs(list);
	}
	list->c = section_cursor(
		source, SECTION_RNGLISTS,
		value->form == DW_FORM_rnglistx ? list_at_index(source, unit, value->u) : value->u);
	return read_list(list);
}

static bool is_address(const struct value *value)
{
	return value->form == DW_FORM_addr || form_is_address_index(value->form);
}

struct kimg_error *die_add_reaches(const struct kimg_source *source, const struct unit *unit,
				   const struct die *die, const struct reach *reach,
				   struct buf *reaches, uint64_t *budget)
{
	struct list list = {
		.source = source,
		.unit = unit,
		.base = unit->low,
		.reach = *reach,
		.reaches = reaches,
		.budget = budget,
	};
	uint64_t low, high;

	if (!die_has(die, AT_HIGH_PC) || !die_address(source, unit, die, AT_LOW_PC, &low))
		return die_has(die, AT_RANGES) ? add_list(&list, &die->values[AT_RANGES]) : NULL;
	if (!is_address(&die->values[AT_HIGH_PC]))
		high = low + die_number(die, AT_HIGH_PC);
	else if (!die_address(source, unit, die, AT_HIGH_PC, &high))
		return damaged();
	TRY(spend(&list));
	add(&list, low, high);
	return NULL;
}
