/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records of /dev/kmsg (Documentation/ABI/testing/dev-kmsg; kernel/printk/printk.c, info_print_ext_header() and
 * msg_add_ext_text(), 6.12):
 *
 *	4,464,13056919,-;text
 *	4,464,13056919,-,caller=T123;text\x0aof two lines
 *	 SUBSYSTEM=pci
 *	 DEVICE=+pci:0000:00:01.0
 *
 * The priority with the facility, the sequence number, the time in microseconds, "c" or "-", fields that may be added.
 */
#include "base/hex.h"
#include "oops/log_forms.h"
#include "oops/scan.h"

bool log_is_dictionary(struct span line)
{
	size_t n = 1;

	if (line.n < 3 || line.p[0] != ' ')
		return false;
	while (n < line.n && ((line.p[n] >= 'A' && line.p[n] <= 'Z') || line.p[n] == '_'))
		n++;
	return n > 1 && n < line.n && line.p[n] == '=';
}

/* "\x0a" */
static void unescape(struct buf *to, struct span text)
{
	const uint8_t *backslash;

	while ((backslash = text.n ? memchr(text.p, '\\', text.n) : NULL)) {
		size_t n = backslash - text.p;
		int high = -1, low = -1;

		if (text.n - n >= 4 && backslash[1] == 'x') {
			high = hex_digit(backslash[2]);
			low = hex_digit(backslash[3]);
		}
		buf_add(to, text.p, n);
		buf_putc(to, high >= 0 && low >= 0 ? (char)(high << 4 | low) : '\\');
		text = span_from(text, n + (high >= 0 && low >= 0 ? 4 : 1));
	}
	buf_add(to, text.p, text.n);
}

/* Control bytes that were escaped are as little text as those that were not. Newlines stay. */
static void plain(struct buf *text)
{
	for (size_t i = 0; i < text->n; i++) {
		uint8_t c = (uint8_t)text->p[i];

		if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
			text->p[i] = ' ';
	}
}

static void take_fields(struct log_record *record, struct span fields)
{
	size_t at;

	if (!span_find(fields, 0, SPAN_LITERAL("caller="), &at))
		return;
	record->caller = span_from(fields, at + 7);
	for (size_t i = 0; i < record->caller.n; i++)
		if (record->caller.p[i] == ',')
			record->caller.n = i;
}

enum log_peel log_peel_kmsg(struct log *log, struct log_record *record)
{
	struct span rest = record->text;
	uint64_t priority, sequence, time;
	const uint8_t *semicolon;

	if (!scan_decimal(&rest, &priority) || !scan_word(&rest, ",") ||
	    !scan_decimal(&rest, &sequence) || !scan_word(&rest, ",") ||
	    !scan_decimal(&rest, &time) || !scan_word(&rest, ","))
		return PEEL_NOT;
	semicolon = rest.n ? memchr(rest.p, ';', rest.n < 256 ? rest.n : 256) : NULL;
	if (!semicolon)
		return PEEL_NOT;
	record->level = priority & 7;
	record->has_time = true;
	record->time = time;
	take_fields(record, span_clip(rest, 0, semicolon - rest.p));
	rest = span_from(rest, semicolon - rest.p + 1);
	if (rest.n && memchr(rest.p, '\\', rest.n)) {
		log->unescaped.n = 0;
		unescape(&log->unescaped, rest);
		plain(&log->unescaped);
		rest = buf_span(&log->unescaped);
	}
	record->text = rest;
	log->kmsg = true;
	return PEEL_LAST;
}
