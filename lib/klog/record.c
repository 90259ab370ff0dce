/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records of the kernel's log. Forms:
 *
 * /dev/kmsg (Documentation/ABI/testing/dev-kmsg of Linux; from 3.5 on)
 *	6,339,5140900,-;NET: Registered protocol family 10
 *	30,340,5690716,c,caller=T123;udevd[80]: starting
 *	 SUBSYSTEM=acpi
 *	 DEVICE=+acpi:PNP0A03:00
 *   facility * 8 + level, number, microseconds, flags, what later kernels add; bytes below 0x20 and from 0x7f on, and
 *   the backslash, are \xNN
 * /proc/kmsg, klogctl(3), dmesg -r; the time may be missing, the number is that above
 *	<6>[    1.234567] text
 *	<6>[    1.234567][  T123] text
 * anything else: text of the kernel of its default level, 4
 */
#include "base/hex.h"
#include "klog/record.h"

#include <stdlib.h>

enum { DEFAULT_LEVEL = 4, LONGEST_HEADER = 256 };

bool record_number(struct span *text, uint64_t *ret_value)
{
	uint64_t value = 0;
	size_t n = 0;

	for (; n < text->n && text->p[n] >= '0' && text->p[n] <= '9'; n++)
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, text->p[n] - '0', &value))
			return false;
	if (n == 0)
		return false;
	*text = span_from(*text, n);
	*ret_value = value;
	return true;
}

static bool take_char(struct span *text, char c)
{
	if (text->n == 0 || text->p[0] != c)
		return false;
	*text = span_from(*text, 1);
	return true;
}

static void set_caller(struct record *record, struct span text)
{
	while (text.n && text.p[0] == ' ')
		text = span_from(text, 1);
	if (text.n == 0 || text.n >= sizeof(record->caller))
		return;
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] <= ' ' || text.p[i] >= 0x7f)
			return;
	memcpy(record->caller, text.p, text.n);
	record->caller[text.n] = '\0';
}

static void set_priority(struct record *record, uint64_t priority)
{
	record->level = priority & 7;
	record->facility = (priority >> 3) & 0x7f;
}

/* The fields between flags and semicolon. */
static void take_fields(struct record *record, struct span fields)
{
	while (fields.n) {
		const uint8_t *comma = memchr(fields.p, ',', fields.n);
		struct span field =
			span_clip(fields, 0, comma ? (size_t)(comma - fields.p) : fields.n);

		if (span_starts(field, SPAN_LITERAL("caller=")))
			set_caller(record, span_from(field, 7));
		fields = span_from(fields, field.n + (comma != NULL));
	}
}

/* "6,339,5140900,": the three numbers; what follows them is left. */
static bool take_numbers(struct span *text, uint64_t *priority, uint64_t *sequence, uint64_t *time)
{
	struct span rest = *text;

	if (!record_number(&rest, priority) || !take_char(&rest, ',') ||
	    !record_number(&rest, sequence) || !take_char(&rest, ',') ||
	    !record_number(&rest, time) || !take_char(&rest, ','))
		return false;
	*text = rest;
	return true;
}

static bool parse_kmsg(struct span bytes, struct record *record)
{
	uint64_t priority;
	const uint8_t *end;
	struct span head;

	if (!take_numbers(&bytes, &priority, &record->sequence, &record->time))
		return false;
	head = span_clip(bytes, 0, LONGEST_HEADER);
	end = head.n ? memchr(head.p, ';', head.n) : NULL;
	if (!end)
		return false;
	set_priority(record, priority);
	record->has_sequence = record->has_time = record->escaped = true;
	take_fields(record, span_clip(bytes, 0, end - bytes.p));
	record->text = span_from(bytes, end - bytes.p + 1);
	end = record->text.n ? memchr(record->text.p, '\n', record->text.n) : NULL;
	if (end) {
		record->properties = span_from(record->text, end - record->text.p + 1);
		record->text = span_clip(record->text, 0, end - record->text.p);
	}
	return true;
}

bool record_sequence(struct span bytes, uint64_t *ret_sequence)
{
	uint64_t priority, time;

	return take_numbers(&bytes, &priority, ret_sequence, &time);
}

/* "[    1.234567] ", with "[  T123]" where the kernel tells the caller; they are taken off. */
static void take_time(struct record *record)
{
	struct span rest = record->text, fraction;
	uint64_t seconds, micros;
	const uint8_t *end;

	if (!take_char(&rest, '['))
		return;
	while (take_char(&rest, ' '))
		;
	if (!record_number(&rest, &seconds) || !take_char(&rest, '.'))
		return;
	fraction = rest;
	if (!record_number(&rest, &micros) || fraction.n - rest.n != 6 || !take_char(&rest, ']') ||
	    seconds > UINT64_MAX / 1000000 - 1)
		return;
	record->has_time = true;
	record->time = seconds * 1000000 + micros;
	if (rest.n && rest.p[0] == '[' && (end = memchr(rest.p, ']', rest.n))) {
		set_caller(record, span_clip(rest, 1, end - rest.p - 1));
		if (record->caller[0])
			rest = span_from(rest, end - rest.p + 1);
	}
	take_char(&rest, ' ');
	record->text = rest;
}

static void parse_line(struct span bytes, struct record *record)
{
	struct span rest = bytes;
	uint64_t priority;

	if (take_char(&rest, '<') && record_number(&rest, &priority) && take_char(&rest, '>')) {
		set_priority(record, priority);
		bytes = rest;
	}
	while (bytes.n && (bytes.p[bytes.n - 1] == '\n' || bytes.p[bytes.n - 1] == '\r'))
		bytes.n--;
	record->text = bytes;
	take_time(record);
}

void record_parse(struct span bytes, struct record *ret_record)
{
	*ret_record = (struct record){ .level = DEFAULT_LEVEL };
	if (parse_kmsg(bytes, ret_record))
		return;
	*ret_record = (struct record){ .level = DEFAULT_LEVEL };
	parse_line(bytes, ret_record);
}

static bool escape_at(struct span text, char *ret_byte)
{
	int high, low;

	if (text.n < 4 || text.p[0] != '\\' || text.p[1] != 'x')
		return false;
	high = hex_digit(text.p[2]);
	low = hex_digit(text.p[3]);
	if (high < 0 || low < 0)
		return false;
	*ret_byte = (char)(high << 4 | low);
	return true;
}

void record_unescape(struct buf *buf, struct span text)
{
	while (text.n) {
		const uint8_t *hit = memchr(text.p, '\\', text.n);
		size_t plain = hit ? (size_t)(hit - text.p) : text.n;
		char byte;

		buf_add(buf, text.p, plain);
		text = span_from(text, plain);
		if (text.n == 0)
			break;
		if (escape_at(text, &byte)) {
			buf_putc(buf, byte);
			text = span_from(text, 4);
		} else {
			buf_putc(buf, '\\');
			text = span_from(text, 1);
		}
	}
}
