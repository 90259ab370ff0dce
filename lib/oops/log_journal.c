/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * journalctl -o export (systemd's Journal Export Formats): entries of fields, ended by an empty line:
 *
 *	__CURSOR=s=...
 *	_TRANSPORT=kernel
 *	PRIORITY=4
 *	_SOURCE_MONOTONIC_TIMESTAMP=4303213
 *	MESSAGE=text
 *	MESSAGE
 *	<8 bytes: size, little endian><that many bytes>
 *
 * The latter for values that hold newlines or other control bytes.
 */
#include "oops/log_forms.h"
#include "oops/scan.h"

enum { LARGEST_VALUE = 1 << 20 };

static bool is_name(struct span line)
{
	for (size_t i = 0; i < line.n; i++) {
		uint8_t c = line.p[i];

		if (c != '_' && !(c >= 'A' && c <= 'Z') && !(i && c >= '0' && c <= '9'))
			return false;
	}
	return line.n > 0 && line.n <= 64;
}

static void keep_message(struct log_entry *entry, struct span text, const struct log_record *record)
{
	entry->text.n = 0;
	buf_add(&entry->text, text.p, text.n);
	entry->has_text = true;
	entry->record.number = record->number;
	entry->record.offset = record->offset;
}

static void take_field(struct log_entry *entry, struct span line, const struct log_record *record)
{
	struct span value = line;
	uint64_t number;

	if (scan_word(&value, "MESSAGE="))
		keep_message(entry, value, record);
	else if (scan_word(&value, "_TRANSPORT="))
		entry->kernel |= span_equal(value, SPAN_LITERAL("kernel"));
	else if (scan_word(&value, "SYSLOG_IDENTIFIER="))
		entry->kernel |= span_equal(value, SPAN_LITERAL("kernel"));
	else if (scan_word(&value, "PRIORITY=") && scan_decimal(&value, &number))
		entry->record.level = number & 7;
	else if (scan_word(&value, "_SOURCE_MONOTONIC_TIMESTAMP=") &&
		 scan_decimal(&value, &number)) {
		entry->record.has_time = true;
		entry->record.time = number;
	}
}

/* A line of a value that is told by its size: the newline that ended the line belongs to it. */
static void take_binary(struct log_entry *entry, struct span line, const struct log_record *record)
{
	struct buf *value = &entry->value;
	uint64_t size;

	buf_add(value, line.p, line.n);
	buf_putc(value, '\n');
	if (value->failed || value->n < 8)
		return;
	size = get_le64((const uint8_t *)value->p);
	if (size >= LARGEST_VALUE && entry->message)
		entry->too_long = true;
	if (size < LARGEST_VALUE && value->n < 8 + size + 1)
		return;
	if (entry->message)
		keep_message(entry, span_clip(buf_span(value), 8, size < LARGEST_VALUE ? size : 0),
			     record);
	entry->binary = false;
	value->n = 0;
}

void log_end_entry(struct log *log)
{
	struct log_entry *entry = &log->entry;

	if (entry->open && entry->too_long && entry->kernel)
		log->note = "a message of the journal of more than a megabyte is left out";
	if (entry->open && entry->has_text && entry->kernel) {
		entry->record.text = buf_span(&entry->text);
		if (log_peel(log, &entry->record))
			log_emit(log, &entry->record);
	}
	entry->open = entry->binary = entry->has_text = entry->kernel = entry->too_long = false;
	entry->value.n = 0;
}

static void open_entry(struct log_entry *entry, const struct log_record *record)
{
	entry->open = true;
	entry->record = *record;
}

bool log_take_export(struct log *log, struct span line, const struct log_record *record)
{
	struct log_entry *entry = &log->entry;
	const uint8_t *equals;
	size_t n;

	if (!entry->open) {
		if (!span_starts(line, SPAN_LITERAL("__CURSOR=")))
			return false;
		open_entry(entry, record);
		return true;
	}
	if (entry->binary) {
		take_binary(entry, line, record);
		return true;
	}
	equals = line.n ? memchr(line.p, '=', line.n) : NULL;
	n = equals ? (size_t)(equals - line.p) : line.n;
	if (line.n && is_name(span_clip(line, 0, n))) {
		entry->binary = !equals;
		entry->message = span_equal(line, SPAN_LITERAL("MESSAGE"));
		if (equals)
			take_field(entry, line, record);
		return true;
	}
	log_end_entry(log);
	return line.n == 0;
}
