/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is this text? UTF-8 after RFC 3629. */
#include "base/utf8.h"

size_t utf8_length(struct span s)
{
	uint32_t c;
	size_t n;

	if (s.n == 0)
		return 0;
	if (s.p[0] < 0x80)
		return 1;
	n = s.p[0] >= 0xf0 ? 4 : s.p[0] >= 0xe0 ? 3 : s.p[0] >= 0xc0 ? 2 : 0;
	if (n == 0 || s.p[0] > 0xf4 || n > s.n)
		return 0;
	c = s.p[0] & (0x7f >> n);
	for (size_t i = 1; i < n; i++) {
		if ((s.p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s.p[i] & 0x3f);
	}
	if (c < (n == 2 ? 0x80u : n == 3 ? 0x800u : 0x10000u) || c > 0x10ffff)
		return 0;
	return c >= 0xd800 && c <= 0xdfff ? 0 : n;
}

bool utf8_valid(struct span s)
{
	while (s.n) {
		size_t n = utf8_length(s);

		if (n == 0)
			return false;
		s = span_from(s, n);
	}
	return true;
}

bool utf8_printable(struct span s)
{
	while (s.n) {
		size_t n = utf8_length(s);

		/* C1 controls (U+0080 to U+009F) can steer a terminal as well as C0 ones. */
		if (n == 0 || s.p[0] < 0x20 || s.p[0] == 0x7f)
			return false;
		if (n == 2 && s.p[0] == 0xc2 && s.p[1] < 0xa0)
			return false;
		s = span_from(s, n);
	}
	return true;
}
