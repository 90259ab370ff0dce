/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/endian.h"

/* A read-only view of bytes that somebody else owns. */
struct span {
	const uint8_t *p;
	size_t n;
};

static inline struct span span_of(const void *p, size_t n)
{
	return (struct span){ .p = p, .n = n };
}

#define SPAN_LITERAL(text) span_of((text), sizeof(text) - 1)

/*
 * The part of s from offset on, length bytes long: the only place where an offset and a length that
 * the input chose are added. False, with *ret untouched, where it does not lie wholly inside s.
 */
static inline bool span_sub(struct span s, uint64_t offset, uint64_t length, struct span *ret)
{
	if (offset > s.n || length > s.n - offset)
		return false;
	*ret = span_of(offset ? s.p + offset : s.p, length);
	return true;
}

/* As span_sub, but what lies outside is cut off; the result may be empty. */
static inline struct span span_clip(struct span s, uint64_t offset, uint64_t length)
{
	if (offset > s.n)
		offset = s.n;
	if (length > s.n - offset)
		length = s.n - offset;
	/* An empty span may have no bytes at all, and C adds nothing to NULL, not even 0. */
	return span_of(offset ? s.p + offset : s.p, length);
}

static inline struct span span_from(struct span s, uint64_t offset)
{
	return span_clip(s, offset, UINT64_MAX);
}

static inline bool span_equal(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* Whether the bytes of want stand in s at offset. */
static inline bool span_has(struct span s, uint64_t offset, struct span want)
{
	struct span sub;

	return span_sub(s, offset, want.n, &sub) && span_equal(sub, want);
}

static inline bool span_starts(struct span s, struct span prefix)
{
	return span_has(s, 0, prefix);
}

/* Where needle first stands in s at or after from; false where it does not. */
static inline bool span_find(struct span s, size_t from, struct span needle, size_t *ret_offset)
{
	const uint8_t *hit;

	if (from >= s.n || needle.n == 0)
		return false;
	hit = memmem(s.p + from, s.n - from, needle.p, needle.n);
	if (!hit)
		return false;
	*ret_offset = hit - s.p;
	return true;
}

/* The text up to the first NUL, or all of it where there is none. */
static inline struct span span_text(struct span s)
{
	return span_of(s.p, s.n ? strnlen((const char *)s.p, s.n) : 0);
}

/* Whether every byte of s is value. */
static inline bool span_filled(struct span s, uint8_t value)
{
	return s.n == 0 || (s.p[0] == value && memcmp(s.p, s.p + 1, s.n - 1) == 0);
}

/*
 * Reads integers out of a span in order. Its failure is sticky: past the end every read gives 0 and
 * sets failed, so a header is read whole and checked once.
 */
struct cursor {
	struct span s;
	size_t at;
	bool big_endian;
	bool failed;
};

static inline struct cursor cursor_le(struct span s)
{
	return (struct cursor){ .s = s };
}

static inline struct cursor cursor_be(struct span s)
{
	return (struct cursor){ .s = s, .big_endian = true };
}

/* The next n bytes, or an empty span past the end. */
static inline struct span cursor_take(struct cursor *c, uint64_t n)
{
	struct span sub = { 0 };

	if (c->failed || !span_sub(c->s, c->at, n, &sub)) {
		c->failed = true;
		return (struct span){ 0 };
	}
	c->at += n;
	return sub;
}

static inline void cursor_skip(struct cursor *c, uint64_t n)
{
	cursor_take(c, n);
}

static inline void cursor_seek(struct cursor *c, uint64_t offset)
{
	if (offset > c->s.n)
		c->failed = true;
	else
		c->at = offset;
}

static inline uint8_t cursor_u8(struct cursor *c)
{
	struct span b = cursor_take(c, 1);

	return b.n ? b.p[0] : 0;
}

static inline uint16_t cursor_u16(struct cursor *c)
{
	struct span b = cursor_take(c, 2);

	return !b.n ? 0 : c->big_endian ? get_be16(b.p) : get_le16(b.p);
}

static inline uint32_t cursor_u32(struct cursor *c)
{
	struct span b = cursor_take(c, 4);

	return !b.n ? 0 : c->big_endian ? get_be32(b.p) : get_le32(b.p);
}

static inline uint64_t cursor_u64(struct cursor *c)
{
	struct span b = cursor_take(c, 8);

	return !b.n ? 0 : c->big_endian ? get_be64(b.p) : get_le64(b.p);
}

/* Reading at a fixed place, little endian; 0 outside. For a field or two, where a cursor is too much. */
static inline uint16_t span_le16(struct span s, uint64_t offset)
{
	struct span b;

	return span_sub(s, offset, 2, &b) ? get_le16(b.p) : 0;
}

static inline uint32_t span_le32(struct span s, uint64_t offset)
{
	struct span b;

	return span_sub(s, offset, 4, &b) ? get_le32(b.p) : 0;
}

static inline uint64_t span_le64(struct span s, uint64_t offset)
{
	struct span b;

	return span_sub(s, offset, 8, &b) ? get_le64(b.p) : 0;
}

static inline uint32_t span_be32(struct span s, uint64_t offset)
{
	struct span b;

	return span_sub(s, offset, 4, &b) ? get_be32(b.p) : 0;
}

static inline uint64_t span_be64(struct span s, uint64_t offset)
{
	struct span b;

	return span_sub(s, offset, 8, &b) ? get_be64(b.p) : 0;
}

#endif
