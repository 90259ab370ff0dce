/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes in a line that are no text:
 *
 *	ESC [ 0 ; 3 1 m          colours, movements of the cursor (ECMA-48 control sequences)
 *	ESC ] 0 ; ... BEL        titles (operating system commands), with ESC \ at the end too
 *	ESC =, ESC ( B           other escape sequences
 *	0xff 0xfd 0x01           telnet (RFC 854), which an ff of text never is in UTF-8
 *	0x01 6                   printk's own marks of levels (include/linux/kern_levels.h), as in raw buffers
 *	NUL                      lines of noise; every second byte of UTF-16
 *	0xef 0xbb 0xbf, 0xff 0xfe, 0xfe 0xff	byte order marks
 *	backspace                takes back the character before
 */
#include "oops/log_forms.h"

enum { ESC = 0x1b, BEL = 7, IAC = 0xff, SOH = 1 };

/* What a line of text may hold: no control characters but tab and \r, no 0xff and 0xfe. */
static bool is_plain_byte(uint8_t c)
{
	return (c >= 0x20 || c == '\t' || c == '\r') && c != 0x7f && c < 0xfe;
}

/* Whether all of the eight bytes are ASCII from blank to "~": every line of a log is looked through. */
static bool is_plain_word(uint64_t word)
{
	const uint64_t ones = 0x0101010101010101, high = 0x80 * ones;

	return !((word | (word + ones) | ~((word | high) - 0x20 * ones)) & high);
}

static bool is_plain(struct span line)
{
	size_t i = 0;

	for (; i + 8 <= line.n; i += 8) {
		if (is_plain_word(get_le64(line.p + i)))
			continue;
		for (size_t k = i; k < i + 8; k++)
			if (!is_plain_byte(line.p[k]))
				return false;
	}
	for (; i < line.n; i++)
		if (!is_plain_byte(line.p[i]))
			return false;
	return line.n < 3 || line.p[0] != 0xef;
}

/* The length of what ESC begins at the start of s. */
static size_t escape_length(struct span s)
{
	size_t n = 2;

	if (s.n < 2)
		return s.n;
	if (s.p[1] == '[') {
		while (n < s.n && s.p[n] >= 0x20 && s.p[n] < 0x40)
			n++;
		return n < s.n && s.p[n] >= 0x40 && s.p[n] < 0x7f ? n + 1 : n;
	}
	if (s.p[1] == ']') {
		/* Only a short one, so that one that never ends takes no more of the line than that. */
		while (n < s.n && n < 256 && s.p[n] != BEL && s.p[n] != ESC)
			n++;
		if (n == s.n || n == 256)
			return 2;
		return s.p[n] == BEL ? n + 1 : n + (n + 1 < s.n ? 2 : 1);
	}
	while (n - 1 < s.n && s.p[n - 1] >= 0x20 && s.p[n - 1] < 0x30)
		n++;
	return n < s.n ? n : s.n;
}

/* The length of what a telnet server asks for at the start of s. */
static size_t telnet_length(struct span s)
{
	size_t n = 2;

	if (s.n < 2 || s.p[1] < 0xf0)
		return 1;
	if (s.p[1] == 0xfa) {
		while (n + 1 < s.n && n < 64 && !(s.p[n] == IAC && s.p[n + 1] == 0xf0))
			n++;
		return n + 2 < s.n ? n + 2 : s.n;
	}
	return s.p[1] >= 0xfb && s.p[1] <= 0xfe ? (s.n < 3 ? s.n : 3) : 2;
}

/* The number of bytes at the start of s that are no text; 0: the first one is. */
static size_t skip_length(struct span s)
{
	switch (s.p[0]) {
	case ESC:
		return escape_length(s);
	case IAC:
		return s.n > 1 && s.p[1] == 0xfe ? 2 : telnet_length(s);
	case SOH:
		return s.n > 1 && (s.p[1] == 'c' || (s.p[1] >= '0' && s.p[1] <= '7')) ? 2 : 1;
	case 0xef:
		return span_starts(s, SPAN_LITERAL("\xef\xbb\xbf")) ? 3 : 0;
	case '\t':
	case '\r':
		return 0;
	}
	return s.p[0] < 0x20 || s.p[0] == 0x7f || s.p[0] == 0xfe;
}

/* A character of UTF-8 goes as a whole. */
static void take_back(struct buf *text)
{
	while (text->n && ((uint8_t)text->p[--text->n] & 0xc0) == 0x80)
		;
}

struct span log_clean(struct log *log, struct span line, bool *ret_damaged)
{
	struct buf *clean = &log->clean;
	size_t nuls = 0;

	if (is_plain(line))
		return line;
	clean->n = 0;
	if (!buf_reserve(clean, line.n))
		return span_of(NULL, 0);
	for (struct span s = line; s.n;) {
		size_t skip = skip_length(s);

		nuls += s.p[0] == '\0';
		if (s.p[0] == '\b')
			take_back(clean);
		if (!skip)
			buf_putc(clean, (char)s.p[0]);
		s = span_from(s, skip ? skip : 1);
	}
	/* UTF-16 has as many NULs as characters; here and there one, it is noise. */
	*ret_damaged |= nuls && nuls + 1 < clean->n;
	return buf_span(clean);
}
