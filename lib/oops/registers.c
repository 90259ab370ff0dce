/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of registers. */
#include <stdio.h>

#include "oops/arch.h"

enum { LONGEST_NAME = 15 };

static bool is_name(uint8_t c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_' ||
	       c == '$';
}

/* The name in lower case, between blanks as it stands in the list of names. */
static bool scan_name(struct span *text, char name[LONGEST_NAME + 3])
{
	size_t n = 0;

	while (n < text->n && n <= LONGEST_NAME && is_name(text->p[n]))
		n++;
	if (n == 0 || n > LONGEST_NAME)
		return false;
	name[0] = ' ';
	for (size_t i = 0; i < n; i++) {
		uint8_t c = text->p[i];

		name[i + 1] = c >= 'A' && c <= 'Z' ? c | 0x20 : c;
	}
	name[n + 1] = ' ';
	name[n + 2] = '\0';
	*text = span_from(*text, n);
	return true;
}

/* "0018:ffffc90000000000" (a selector comes before), "0000000000000000(0000)", "0x1f" */
static bool scan_value(struct span *text, uint64_t *ret_value, unsigned int *ret_digits)
{
	struct span rest = *text, after;
	uint64_t selector;
	unsigned int digits;

	if (!scan_hex(&rest, ret_value, ret_digits))
		return false;
	after = rest;
	if (*ret_digits == 4 && scan_word(&after, ":") && scan_hex(&after, ret_value, ret_digits))
		rest = after;
	if (rest.n && is_name(rest.p[0]))
		return false;
	after = rest;
	if (scan_word(&after, "(") && scan_hex(&after, &selector, &digits) &&
	    scan_word(&after, ")"))
		rest = after;
	*text = rest;
	return true;
}

static bool scan_register(struct span *text, char name[LONGEST_NAME + 3], uint64_t *ret_value,
			  unsigned int *ret_digits)
{
	scan_blanks(text);
	if (scan_word(text, ","))
		scan_blanks(text);
	if (!scan_name(text, name))
		return false;
	scan_blanks(text);
	if (scan_word(text, ":") || scan_word(text, "="))
		scan_blanks(text);
	return scan_value(text, ret_value, ret_digits);
}

/* Control registers of 32 bits on machines of 64 keep their own width. */
static unsigned int bits_of(unsigned int digits)
{
	return digits > 8 ? 64 : digits > 4 ? 32 : 16;
}

unsigned int registers_take(struct report *report, struct span text, const char *names)
{
	char name[LONGEST_NAME + 3];
	unsigned int count = 0, digits;
	uint64_t value;

	while (scan_register(&text, name, &value, &digits)) {
		if (!strstr(names, name))
			break;
		report_add_register(report, span_of(name + 1, strlen(name) - 2), value,
				    bits_of(digits));
		count++;
	}
	return count;
}

unsigned int registers_row(struct report *report, struct span text, const char *prefix,
			   unsigned int width, unsigned int first, unsigned int most)
{
	unsigned int count = 0, digits;
	char name[32];
	uint64_t value;

	for (; count < most; count++) {
		scan_blanks(&text);
		if (!scan_hex(&text, &value, &digits))
			break;
		snprintf(name, sizeof(name), "%s%0*u", prefix, (int)width, first + count);
		report_add_register(report, span_of(name, strlen(name)), value, bits_of(digits));
	}
	return count;
}

bool registers_number(struct span *text, uint64_t *ret_first)
{
	struct span rest = *text;

	if (!scan_word(&rest, "$"))
		return false;
	scan_blanks(&rest);
	if (!scan_decimal(&rest, ret_first) || *ret_first > 31)
		return false;
	scan_blanks(&rest);
	if (!scan_word(&rest, ":"))
		return false;
	*text = rest;
	return true;
}

bool register_value(struct span text, const char *name, uint64_t *ret_value)
{
	unsigned int digits;
	struct span rest;

	if (!scan_after(text, name, &rest))
		return false;
	scan_blanks(&rest);
	return scan_hex(&rest, ret_value, &digits);
}

bool is_hex_words(struct span text)
{
	unsigned int words = 0, digits;
	uint64_t value;

	scan_blanks(&text);
	while (text.n) {
		if (!scan_hex(&text, &value, &digits) || (digits != 8 && digits != 16))
			return false;
		if (text.n && text.p[0] != ' ')
			return false;
		scan_blanks(&text);
		words++;
	}
	return words != 0;
}
