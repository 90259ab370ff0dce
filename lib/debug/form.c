/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The forms that values of attributes have: DWARF 5, sections 7.5.5 and 7.5.6; GNU_... come from GCC before
 * version 5 of the standard (.dwo) and from dwz (.dwz).
 *
 *	addr, addrx...             address_size bytes; an index into .debug_addr
 *	data..., sdata, udata      1, 2, 4, 8 or 16 bytes; LEB128
 *	block..., exprloc          a length, and as many bytes
 *	string, strp, strx...      NUL-terminated in place; an offset into .debug_str; an index into .debug_str_offsets
 *	ref...                     the offset of a DIE, from the start of its unit or (ref_addr) of .debug_info
 *	sec_offset, ...listx       an offset into another section; an index there
 *	flag, flag_present         a byte; none
 *	implicit_const             none: the value stands in the abbreviation
 *	indirect                   the form itself as LEB128, and the value
 */
#include "debug/form.h"

uint64_t uleb128_long(struct cursor *c)
{
	uint64_t value = 0;

	for (unsigned int shift = 0;; shift += 7) {
		uint8_t byte = cursor_u8(c);

		if (shift < 64)
			value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return value;
	}
}

int64_t sleb128_long(struct cursor *c)
{
	uint64_t value = 0;
	unsigned int shift = 0;
	uint8_t byte;

	do {
		byte = cursor_u8(c);
		if (shift < 64)
			value |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
	} while (byte & 0x80);
	if (shift < 64 && (byte & 0x40))
		value |= UINT64_MAX << shift;
	return (int64_t)value;
}

struct cursor cursor_unit(struct cursor *c, bool *ret_wide)
{
	struct cursor unit = { .big_endian = c->big_endian };
	uint64_t length = cursor_u32(c);

	*ret_wide = length == DWARF_WIDE_LENGTH;
	if (*ret_wide)
		length = cursor_u64(c);
	if (length > c->s.n - c->at)
		length = c->s.n - c->at;
	unit.s = cursor_take(c, length);
	unit.failed = c->failed;
	return unit;
}

int form_size(unsigned int form, const struct encoding *encoding)
{
	const int offset_size = encoding->wide ? 8 : 4;

	switch (form) {
	case DW_FORM_flag_present:
	case DW_FORM_implicit_const:
		return 0;
	case DW_FORM_data1:
	case DW_FORM_ref1:
	case DW_FORM_flag:
	case DW_FORM_strx1:
	case DW_FORM_addrx1:
		return 1;
	case DW_FORM_data2:
	case DW_FORM_ref2:
	case DW_FORM_strx2:
	case DW_FORM_addrx2:
		return 2;
	case DW_FORM_strx3:
	case DW_FORM_addrx3:
		return 3;
	case DW_FORM_data4:
	case DW_FORM_ref4:
	case DW_FORM_strx4:
	case DW_FORM_addrx4:
	case DW_FORM_ref_sup4:
		return 4;
	case DW_FORM_data8:
	case DW_FORM_ref8:
	case DW_FORM_ref_sig8:
	case DW_FORM_ref_sup8:
		return 8;
	case DW_FORM_data16:
		return 16;
	case DW_FORM_addr:
		return encoding->address_size;
	case DW_FORM_ref_addr:
		/* DWARF 2 took it for an address. */
		return encoding->version <= 2 ? encoding->address_size : offset_size;
	case DW_FORM_strp:
	case DW_FORM_line_strp:
	case DW_FORM_sec_offset:
	case DW_FORM_strp_sup:
	case DW_FORM_GNU_ref_alt:
	case DW_FORM_GNU_strp_alt:
		return offset_size;
	}
	return -1;
}

bool form_is_leb128(unsigned int form)
{
	switch (form) {
	case DW_FORM_sdata:
	case DW_FORM_udata:
	case DW_FORM_ref_udata:
	case DW_FORM_strx:
	case DW_FORM_addrx:
	case DW_FORM_loclistx:
	case DW_FORM_rnglistx:
	case DW_FORM_GNU_addr_index:
	case DW_FORM_GNU_str_index:
		return true;
	}
	return false;
}

bool form_is_address_index(unsigned int form)
{
	switch (form) {
	case DW_FORM_addrx:
	case DW_FORM_addrx1:
	case DW_FORM_addrx2:
	case DW_FORM_addrx3:
	case DW_FORM_addrx4:
	case DW_FORM_GNU_addr_index:
		return true;
	}
	return false;
}

/* One form after another; a chain of them takes bytes of the input. */
static unsigned int resolve_indirect(struct cursor *c, unsigned int form)
{
	while (form == DW_FORM_indirect && !c->failed) {
		uint64_t next = cursor_uleb128(c);

		form = next <= UINT16_MAX ? next : 0;
	}
	/* Its value would have to stand in the abbreviation. */
	if (form == DW_FORM_implicit_const)
		c->failed = true;
	return form;
}

static void skip_string(struct cursor *c)
{
	struct span rest = span_from(c->s, c->at);
	const uint8_t *end = rest.n && !c->failed ? memchr(rest.p, 0, rest.n) : NULL;

	if (end)
		c->at += end - rest.p + 1;
	else
		c->failed = true;
}

/* Those whose size their bytes tell. */
static void skip_varying(struct cursor *c, unsigned int form)
{
	switch (form) {
	case DW_FORM_string:
		skip_string(c);
		return;
	case DW_FORM_block1:
		cursor_skip(c, cursor_u8(c));
		return;
	case DW_FORM_block2:
		cursor_skip(c, cursor_u16(c));
		return;
	case DW_FORM_block4:
		cursor_skip(c, cursor_u32(c));
		return;
	case DW_FORM_block:
	case DW_FORM_exprloc:
		cursor_skip(c, cursor_uleb128(c));
		return;
	}
	if (form_is_leb128(form))
		cursor_uleb128(c);
	else
		c->failed = true;
}

void form_skip(struct cursor *c, unsigned int form, const struct encoding *encoding)
{
	int size = form_size(form, encoding);

	if (form == DW_FORM_indirect) {
		form = resolve_indirect(c, form);
		size = form_size(form, encoding);
	}
	if (size >= 0)
		cursor_skip(c, size);
	else
		skip_varying(c, form);
}

static uint64_t read_fixed(struct cursor *c, int size)
{
	uint64_t low;

	switch (size) {
	case 1:
		return cursor_u8(c);
	case 2:
		return cursor_u16(c);
	case 3:
		low = c->big_endian ? cursor_u16(c) : cursor_u8(c);
		return c->big_endian ? low << 8 | cursor_u8(c) : low | (uint64_t)cursor_u16(c) << 8;
	case 4:
		return cursor_u32(c);
	case 8:
		return cursor_u64(c);
	}
	cursor_skip(c, size);
	return 0;
}

struct value form_read(struct cursor *c, unsigned int form, const struct encoding *encoding,
		       int64_t implicit)
{
	struct value value;
	int size;

	if (form == DW_FORM_implicit_const)
		return (struct value){ .form = form, .u = (uint64_t)implicit };
	form = resolve_indirect(c, form);
	size = form_size(form, encoding);
	value = (struct value){ .form = form, .u = c->at };
	if (form == DW_FORM_flag_present)
		value.u = 1;
	else if (size >= 0)
		value.u = read_fixed(c, size);
	else if (form == DW_FORM_sdata)
		value.u = (uint64_t)cursor_sleb128(c);
	else if (form_is_leb128(form))
		value.u = cursor_uleb128(c);
	else
		skip_varying(c, form);
	return value;
}
