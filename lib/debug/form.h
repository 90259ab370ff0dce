/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DEBUG_FORM_H
#define DEBUG_FORM_H

#include "base/span.h"
#include "format/dwarf.h"

/* How wide the fields of a unit, or of a table of lines, are. */
struct encoding {
	uint16_t version;
	uint8_t address_size; /* 4 or 8 */
	bool wide;            /* offsets into sections have 8 bytes, else 4 */
};

/* The value of an attribute. */
struct value {
	uint16_t form; /* DW_FORM_... */
	uint64_t u;    /* number, offset, index; of DW_FORM_string where it starts in its section */
};

uint64_t uleb128_long(struct cursor *c);
int64_t sleb128_long(struct cursor *c);

/*
 * Numbers of 7 bits a byte; what does not fit into 64 bits is lost. Most have one byte. The copies let a cursor stay in
 * registers.
 */
static inline uint64_t cursor_uleb128(struct cursor *c)
{
	struct cursor copy;
	uint64_t value;

	if (c->at < c->s.n && c->s.p[c->at] < 0x80 && !c->failed)
		return c->s.p[c->at++];
	copy = *c;
	value = uleb128_long(&copy);
	*c = copy;
	return value;
}

static inline int64_t cursor_sleb128(struct cursor *c)
{
	struct cursor copy;
	int64_t value;

	/* Bit 6 is the sign. */
	if (c->at < c->s.n && c->s.p[c->at] < 0x80 && !c->failed)
		return (int64_t)(c->s.p[c->at++] ^ 0x40) - 0x40;
	copy = *c;
	value = sleb128_long(&copy);
	*c = copy;
	return value;
}

static inline uint64_t cursor_offset(struct cursor *c, const struct encoding *encoding)
{
	return encoding->wide ? cursor_u64(c) : cursor_u32(c);
}

static inline uint64_t cursor_address(struct cursor *c, const struct encoding *encoding)
{
	return encoding->address_size == 8 ? cursor_u64(c) : cursor_u32(c);
}

/* The highest address. */
static inline uint64_t address_mask(const struct encoding *encoding)
{
	return encoding->address_size == 8 ? UINT64_MAX : UINT32_MAX;
}

/*
 * A length at the start of a unit, a table or a set, and the bytes that it counts, cut at the end of c, which is left
 * behind them. *ret_wide: whether offsets in it have 8 bytes.
 */
struct cursor cursor_unit(struct cursor *c, bool *ret_wide);

/* How many bytes a value of that form takes; -1 where that differs from value to value. */
int form_size(unsigned int form, const struct encoding *encoding);

/* Whether it is one LEB128 number. */
bool form_is_leb128(unsigned int form);

/* Whether it is the index of an address in .debug_addr. */
bool form_is_address_index(unsigned int form);

/* Skips, or reads, a value. c fails at an unknown form. implicit: of DW_FORM_implicit_const. */
void form_skip(struct cursor *c, unsigned int form, const struct encoding *encoding);
struct value form_read(struct cursor *c, unsigned int form, const struct encoding *encoding,
		       int64_t implicit);

#endif
