/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_HEX_H
#define BASE_HEX_H

#include "base/span.h"

/* Hexadecimal numbers in text, in letters of either case. */

/* -1 where c is no digit. */
static inline int hex_digit(uint8_t c)
{
	uint8_t letter = c | 0x20;

	if (c >= '0' && c <= '9')
		return c - '0';
	return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

/* How many digits text starts with, and their value; 17 where they are more than 16, which have none. */
static inline unsigned int hex_digits(struct span text, uint64_t *ret_value)
{
	uint64_t value = 0;
	unsigned int n = 0;
	int digit;

	for (; n < text.n && n < 17 && (digit = hex_digit(text.p[n])) >= 0; n++)
		value = value << 4 | digit;
	*ret_value = value;
	return n;
}

/* text without the 0x that it may start with. */
static inline struct span hex_without_0x(struct span text)
{
	bool has_0x = text.n >= 2 && text.p[0] == '0' && (text.p[1] | 0x20) == 'x';

	return has_0x ? span_from(text, 2) : text;
}

/* Whether text is a number, of 1 to 16 digits, with 0x or without, and nothing besides. */
static inline bool hex_number(struct span text, uint64_t *ret_value)
{
	uint64_t value;

	text = hex_without_0x(text);
	if (text.n == 0 || text.n > 16 || hex_digits(text, &value) != text.n)
		return false;
	*ret_value = value;
	return true;
}

/* The bytes that pairs of digits tell, at most max; 0 where text is anything else, or tells more. */
static inline size_t hex_bytes(struct span text, uint8_t *ret_bytes, size_t max)
{
	size_t n = text.n / 2;

	if (text.n % 2 || n > max)
		return 0;
	for (size_t i = 0; i < n; i++) {
		int high = hex_digit(text.p[2 * i]), low = hex_digit(text.p[2 * i + 1]);

		if (high < 0 || low < 0)
			return 0;
		ret_bytes[i] = high << 4 | low;
	}
	return n;
}

#endif
