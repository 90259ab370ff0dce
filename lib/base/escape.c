/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Other people's text made safe for a terminal, for XML and for JSON (RFC 8259). */
#include "base/escape.h"

#include "base/utf8.h"

/*
 * U+200E, U+200F, U+202A to U+202E and U+2066 to U+2069 turn the direction of what follows: with them a
 * line shows something else than it says.
 */
static bool turns_direction(struct span c)
{
	if (c.n != 3 || c.p[0] != 0xe2)
		return false;
	if (c.p[1] == 0x80)
		return c.p[2] == 0x8e || c.p[2] == 0x8f || (c.p[2] >= 0xaa && c.p[2] <= 0xae);
	return c.p[1] == 0x81 && c.p[2] >= 0xa6 && c.p[2] <= 0xa9;
}

static void escape_byte(struct buf *buf, uint8_t byte)
{
	switch (byte) {
	case '\n':
		buf_puts(buf, "\\n");
		break;
	case '\t':
		buf_puts(buf, "\\t");
		break;
	case '\\':
		buf_puts(buf, "\\\\");
		break;
	default:
		buf_printf(buf, "\\x%02x", byte);
	}
}

#define EACH(byte)     (0x0101010101010101u * (byte))
#define HAS_ZERO(word) (((word)-EACH(1)) & ~(word)&EACH(0x80))

/* Eight bytes at once: in text that is asked about a million times a second, nearly all are plain. */
static bool eight_are_plain(const uint8_t *p)
{
	uint64_t word = get_le64(p);
	uint64_t odd = word | (word - EACH(' ')); /* top bits: not ASCII, or below the blank */

	return !((odd & EACH(0x80)) | HAS_ZERO(word ^ EACH('\\')) | HAS_ZERO(word ^ EACH(0x7f)));
}

size_t escape_plain_length(struct span text)
{
	size_t n = 0;

	while (text.n - n >= 8 && eight_are_plain(text.p + n))
		n += 8;
	while (n < text.n && text.p[n] >= ' ' && text.p[n] < 0x7f && text.p[n] != '\\')
		n++;
	return n;
}

static void escape_text(struct buf *buf, struct span text, bool log)
{
	for (;;) {
		size_t run = escape_plain_length(text), n;
		struct span c;
		bool kept;

		buf_add(buf, text.p, run);
		text = span_from(text, run);
		if (!text.n)
			break;
		n = utf8_length(text);
		c = span_clip(text, 0, n ? n : 1);
		if (c.p[0] == '\\' || c.p[0] == '\t')
			kept = log;
		else
			kept = utf8_printable(c) && !turns_direction(c);
		if (kept)
			buf_add(buf, c.p, c.n);
		else
			for (size_t i = 0; i < c.n; i++)
				escape_byte(buf, c.p[i]);
		text = span_from(text, c.n);
	}
}

void escape_line(struct buf *buf, struct span text)
{
	escape_text(buf, text, false);
}

void escape_log(struct buf *buf, struct span text)
{
	escape_text(buf, text, true);
}

static const char *entity(uint8_t c)
{
	switch (c) {
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '&':
		return "&amp;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void escape_markup(struct buf *buf, struct span text)
{
	size_t start = 0;

	for (size_t i = 0; i < text.n; i++) {
		const char *name = entity(text.p[i]);
		/* U+FFFE and U+FFFF are no characters of XML (1.0, 2.2). */
		bool none = text.n - i >= 3 && memcmp(text.p + i, "\xef\xbf", 2) == 0 &&
			    text.p[i + 2] >= 0xbe;

		if (!name && !none)
			continue;
		buf_add(buf, text.p + start, i - start);
		buf_puts(buf, name ? name : "\xef\xbf\xbd");
		i += none ? 2 : 0;
		start = i + 1;
	}
	buf_add(buf, text.p + start, text.n - start);
}

void escape_xml(struct buf *buf, struct span text)
{
	cleanup_buf struct buf line = { 0 };

	escape_line(&line, text);
	if (line.failed)
		buf->failed = true;
	escape_markup(buf, buf_span(&line));
}

static void escape_json_ascii(struct buf *buf, uint8_t c)
{
	/* RFC 8259, section 7: the quote, the backslash, and all below U+0020; DEL for the terminal's sake. */
	if (c == '"' || c == '\\')
		buf_printf(buf, "\\%c", c);
	else if (c == '\n')
		buf_puts(buf, "\\n");
	else if (c == '\t')
		buf_puts(buf, "\\t");
	else if (c < 0x20 || c == 0x7f)
		buf_printf(buf, "\\u%04x", c);
	else
		buf_putc(buf, c);
}

bool escape_json(struct buf *buf, struct span text)
{
	bool valid = true;

	while (text.n) {
		size_t n = utf8_length(text);

		if (n == 0) {
			valid = false;
			buf_puts(buf, "\xef\xbf\xbd");
			n = 1;
		} else if (n == 1) {
			escape_json_ascii(buf, text.p[0]);
		} else if (n == 2 && text.p[0] == 0xc2 && text.p[1] < 0xa0) {
			buf_printf(buf, "\\u%04x", text.p[1]);
		} else {
			buf_add(buf, text.p, n);
		}
		text = span_from(text, n);
	}
	return valid;
}

void escape_hex(struct buf *buf, struct span bytes)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < bytes.n; i++) {
		buf_putc(buf, digits[bytes.p[i] >> 4]);
		buf_putc(buf, digits[bytes.p[i] & 15]);
	}
}

size_t text_columns(struct span text)
{
	size_t columns = 0;

	for (size_t i = 0; i < text.n; i++)
		columns += (text.p[i] & 0xc0) != 0x80;
	return columns;
}
