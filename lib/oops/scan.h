/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OOPS_SCAN_H
#define OOPS_SCAN_H

#include "base/hex.h"
#include "base/span.h"

/* Taking text apart from the left. Each moves *text on where it finds what it looks for, and else leaves it. */

static inline void scan_blanks(struct span *text)
{
	while (text->n && (text->p[0] == ' ' || text->p[0] == '\t'))
		*text = span_from(*text, 1);
}

static inline bool scan_word(struct span *text, const char *word)
{
	struct span wanted = span_of(word, strlen(word));

	if (!span_starts(*text, wanted))
		return false;
	*text = span_from(*text, wanted.n);
	return true;
}

/* Hexadecimal digits, at most 16, with or without 0x. *ret_digits (may be NULL): how many. */
static inline bool scan_hex(struct span *text, uint64_t *ret_value, unsigned int *ret_digits)
{
	struct span rest = *text;
	unsigned int n;
	uint64_t value;

	if (rest.n > 2 && rest.p[0] == '0' && rest.p[1] == 'x')
		rest = span_from(rest, 2);
	n = hex_digits(rest, &value);
	if (n == 0 || n > 16)
		return false;
	*text = span_from(rest, n);
	*ret_value = value;
	if (ret_digits)
		*ret_digits = n;
	return true;
}

static inline bool scan_decimal(struct span *text, uint64_t *ret_value)
{
	uint64_t value = 0;
	unsigned int n = 0;

	for (; n < text->n && n < 18 && text->p[n] >= '0' && text->p[n] <= '9'; n++)
		value = value * 10 + (text->p[n] - '0');
	if (n == 0)
		return false;
	*text = span_from(*text, n);
	*ret_value = value;
	return true;
}

#endif
