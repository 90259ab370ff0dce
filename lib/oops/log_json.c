/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages as JSON: journalctl -o json, where MESSAGE may be the bytes as numbers, and dmesg --json.
 *
 *	{"_TRANSPORT":"kernel","MESSAGE":"text","PRIORITY":"4",...}
 *
 *	      },{
 *	         "pri": 4,
 *	         "time":     4.303213,
 *	         "msg": "text"
 */
#include "oops/log_forms.h"
#include "oops/scan.h"

static const char too_long_note[] =
	"a message of more than 4096 bytes is missing, which journalctl leaves out "
	"without --all";

/* What the members of the object told. */
struct json_message {
	struct log_record record;
	bool has_text;
	bool too_long; /* null: more than 4096 bytes, without journalctl's --all */
	bool other;    /* _TRANSPORT is not the kernel */
};

static void add_utf8(struct buf *to, uint32_t c)
{
	if (c < 0x80) {
		buf_putc(to, (char)c);
	} else if (c < 0x800) {
		buf_putc(to, (char)(0xc0 | c >> 6));
		buf_putc(to, (char)(0x80 | (c & 63)));
	} else {
		buf_putc(to, (char)(0xe0 | c >> 12));
		buf_putc(to, (char)(0x80 | (c >> 6 & 63)));
		buf_putc(to, (char)(0x80 | (c & 63)));
	}
}

/* "\n", "\u001b": control bytes but newlines and tabs are left out, as halves of pairs beyond U+FFFF are. */
static bool scan_escape(struct span *text, struct buf *to)
{
	struct span digits = span_clip(*text, 1, 4);
	uint64_t c;
	unsigned int n;

	switch (text->n ? text->p[0] : 0) {
	case 'n':
		buf_putc(to, '\n');
		break;
	case 't':
		buf_putc(to, '\t');
		break;
	case '"':
	case '\\':
	case '/':
		buf_putc(to, (char)text->p[0]);
		break;
	case 'b':
	case 'f':
	case 'r':
		break;
	case 'u':
		if (!scan_hex(&digits, &c, &n) || n != 4)
			return false;
		if ((c >= ' ' || c == '\n' || c == '\t') && (c < 0xd800 || c > 0xdfff))
			add_utf8(to, (uint32_t)c);
		*text = span_from(*text, 4);
		break;
	default:
		return false;
	}
	*text = span_from(*text, 1);
	return true;
}

/* A string, unescaped into to. */
static bool scan_string(struct span *text, struct buf *to)
{
	struct span rest = *text;

	to->n = 0;
	if (!scan_word(&rest, "\""))
		return false;
	while (rest.n && rest.p[0] != '"') {
		if (scan_word(&rest, "\\")) {
			if (!scan_escape(&rest, to))
				return false;
			continue;
		}
		buf_putc(to, (char)rest.p[0]);
		rest = span_from(rest, 1);
	}
	if (!scan_word(&rest, "\""))
		return false;
	*text = rest;
	return true;
}

/* [72,101,...]: text that is not UTF-8. */
static bool scan_bytes(struct span *text, struct buf *to)
{
	struct span rest = *text;
	uint64_t byte;

	to->n = 0;
	if (!scan_word(&rest, "["))
		return false;
	do {
		scan_blanks(&rest);
		if (!scan_decimal(&rest, &byte) || byte > 255)
			return false;
		buf_putc(to, (char)byte);
		scan_blanks(&rest);
	} while (scan_word(&rest, ","));
	if (!scan_word(&rest, "]"))
		return false;
	*text = rest;
	return true;
}

/* A number, or a word such as null. */
static bool scan_plain(struct span *text, struct buf *to)
{
	to->n = 0;
	if (text->n && strchr("{[\"", text->p[0]))
		return false;
	while (text->n && !strchr(",}] \t", text->p[0])) {
		buf_putc(to, (char)text->p[0]);
		*text = span_from(*text, 1);
	}
	return to->n > 0;
}

static bool scan_value(struct span *text, struct buf *to)
{
	return scan_string(text, to) || scan_bytes(text, to) || scan_plain(text, to);
}

static void take_number(struct json_message *message, struct span key, struct span value)
{
	uint64_t number, time;

	if (span_equal(key, SPAN_LITERAL("time")) && log_scan_seconds(&value, &time)) {
		message->record.has_time = true;
		message->record.time = time;
	} else if (!scan_decimal(&value, &number)) {
		return;
	} else if (span_equal(key, SPAN_LITERAL("PRIORITY")) ||
		   span_equal(key, SPAN_LITERAL("pri"))) {
		message->record.level = number & 7;
	} else if (span_equal(key, SPAN_LITERAL("_SOURCE_MONOTONIC_TIMESTAMP"))) {
		message->record.has_time = true;
		message->record.time = number;
	}
}

/* "key": value. The text goes into log->json. */
static bool take_member(struct log *log, struct span *text, struct json_message *message)
{
	char name[40];
	struct span key;

	if (!scan_string(text, &log->json_value))
		return false;
	key = span_of(name, log->json_value.n < sizeof(name) ? log->json_value.n : 0);
	if (key.n)
		memcpy(name, log->json_value.p, key.n);
	scan_blanks(text);
	if (!scan_word(text, ":"))
		return false;
	scan_blanks(text);
	if (span_equal(key, SPAN_LITERAL("MESSAGE")) || span_equal(key, SPAN_LITERAL("msg"))) {
		message->too_long = span_starts(*text, SPAN_LITERAL("null"));
		message->has_text = !message->too_long;
		return scan_value(text, &log->json);
	}
	if (!scan_value(text, &log->json_value))
		return false;
	if (span_equal(key, SPAN_LITERAL("_TRANSPORT")))
		message->other = !span_equal(buf_span(&log->json_value), SPAN_LITERAL("kernel"));
	take_number(message, key, buf_span(&log->json_value));
	return true;
}

/* A line of an object that dmesg wrote; what it tells is kept until the text comes, which is the last of it. */
static enum log_peel peel_dmesg(struct log *log, struct span text, struct log_record *record)
{
	struct json_message message = { .record = *record };

	if (!span_starts(text, SPAN_LITERAL("\"pri\": ")) &&
	    !span_starts(text, SPAN_LITERAL("\"time\": ")) &&
	    !span_starts(text, SPAN_LITERAL("\"msg\": ")))
		return PEEL_NOT;
	message.record.has_time = log->json_has_time;
	message.record.time = log->json_time;
	message.record.level = log->json_level;
	if (!take_member(log, &text, &message))
		return PEEL_NOT;
	log->json_has_time = message.record.has_time && !message.has_text;
	log->json_time = message.record.time;
	log->json_level = message.record.level;
	if (!message.has_text)
		return PEEL_DROP;
	*record = message.record;
	record->text = buf_span(&log->json);
	return PEEL_MORE;
}

enum log_peel log_peel_json(struct log *log, struct log_record *record)
{
	struct json_message message = { .record = *record };
	struct span text = record->text;

	scan_blanks(&text);
	if (text.n && text.p[0] == '"')
		return peel_dmesg(log, text, record);
	if (span_equal(text, SPAN_LITERAL("},{")))
		return PEEL_DROP;
	if (!scan_word(&text, "{"))
		return PEEL_NOT;
	do {
		scan_blanks(&text);
		if (!take_member(log, &text, &message))
			return PEEL_NOT;
		scan_blanks(&text);
	} while (scan_word(&text, ","));
	if (!(message.has_text || message.too_long) || !scan_word(&text, "}"))
		return PEEL_NOT;
	if (message.too_long && !message.other)
		log->note = too_long_note;
	if (message.too_long || message.other)
		return PEEL_DROP;
	*record = message.record;
	record->text = buf_span(&log->json);
	return PEEL_MORE;
}
