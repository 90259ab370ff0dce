/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which unit the code at an address is of: by .debug_aranges where a unit is listed there, which is much less to
 * read, else by the ranges in the units themselves (clang writes no .debug_aranges). DWARF 5, section 6.1.2; a
 * set is
 *
 *	 0   4  unit_length: bytes behind it; 0xffffffff: the real one follows in 8 bytes, as do all offsets
 *	 4   2  version 2, in DWARF 5 as well
 *	 6   4  debug_info_offset: of the header of the unit
 *	10   1  address_size
 *	11   1  segment_selector_size: 0
 *	        padding up to a multiple of 2 * address_size, from the start of the set
 *	        address and length, address_size bytes each; both are 0 in the last
 */
#include "base/buf.h"
#include "debug/source.h"

/* One set without its unit_length, which takes the bytes before it. Sets of no known form say nothing. */
static void read_set(struct cursor c, size_t before, struct encoding encoding, struct buf *list)
{
	struct reach reach = { 0 };
	unsigned int version, segment;
	size_t into, pair;

	version = cursor_u16(&c);
	reach.unit = cursor_offset(&c, &encoding);
	encoding.address_size = cursor_u8(&c);
	segment = cursor_u8(&c);
	if (c.failed || version != 2 || segment != 0 ||
	    (encoding.address_size != 4 && encoding.address_size != 8))
		return;
	pair = 2 * encoding.address_size;
	into = (c.at + before) % pair;
	if (into)
		cursor_skip(&c, pair - into);
	while (c.s.n - c.at >= pair && !c.failed) {
		reach.low = cursor_address(&c, &encoding);
		reach.high = reach.low + cursor_address(&c, &encoding);
		reaches_add(list, &reach);
	}
}

static struct kimg_error *read_aranges(struct kimg_source *source)
{
	struct cursor c = section_cursor(source, SECTION_ARANGES, 0);
	cleanup_buf struct buf list = { 0 };

	while (c.at < c.s.n && !c.failed) {
		struct encoding encoding = { 0 };
		struct cursor set = cursor_unit(&c, &encoding.wide);

		read_set(set, encoding.wide ? 12 : 4, encoding, &list);
	}
	return reaches_finish(&list, NULL, &source->aranges);
}

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
		TRY(units_read_ranges(source, &source->aranges, &source->ranges));
	}
	if (!reach)
		reach = reaches_at(&source->ranges, address);
	return reach ? unit_at_offset(source, reach->unit, ret_unit) : NULL;
}
