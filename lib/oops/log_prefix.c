/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All that stands before a message, layer by layer. Besides what other files read:
 *
 *	> [    4.303213] text		a mail's quotation
 *	¢    4.303213! text		z/VM, where "[" and "]" went through a wrong table of EBCDIC
 *	login: [    4.303213] text	the rest of a line that a program wrote
 */
#include "oops/log_forms.h"
#include "oops/scan.h"

enum { MOST_LAYERS = 8 };

static enum log_peel peel_quote(struct log_record *record)
{
	struct span text = record->text;

	if (text.n < 2 ||
	    (text.p[1] != ' ' && text.p[1] != '>' && text.p[1] != '[' && text.p[1] != '<'))
		return PEEL_NOT;
	record->text = span_from(text, text.p[1] == ' ' ? 2 : 1);
	return PEEL_MORE;
}

/* The length of a cent sign, in UTF-8 and in ISO 8859-1, at the start of s; else 0. */
static size_t cent_length(struct span s)
{
	if (span_starts(s, SPAN_LITERAL("\xc2\xa2")))
		return 2;
	return s.n && s.p[0] == 0xa2;
}

/* Where a line begins with "¢", its pairs of "¢" and "!" are brackets. */
static enum log_peel peel_cent(struct log *log, struct log_record *record)
{
	struct span text = record->text, rest = span_from(text, cent_length(text));
	struct buf *to = &log->unescaped;
	unsigned int open = 0;
	uint64_t time;

	scan_blanks(&rest);
	if (!log_scan_seconds(&rest, &time) || !scan_word(&rest, "!"))
		return PEEL_NOT;
	to->n = 0;
	while (text.n) {
		size_t cent = cent_length(text);
		char c = (char)text.p[0];

		if (cent)
			c = '[', open++;
		else if (c == '!' && open)
			c = ']', open--;
		buf_putc(to, c);
		text = span_from(text, cent ? cent : 1);
	}
	record->text = buf_span(to);
	return log_peel_time(log, record);
}

static enum log_peel peel_bracket(struct log *log, struct log_record *record)
{
	enum log_peel peel = log_peel_time(log, record);

	return peel == PEEL_NOT ? log_peel_clock(record) : peel;
}

static enum log_peel peel_word(struct log_record *record)
{
	enum log_peel peel = log_peel_dmesg(record);

	return peel == PEEL_NOT ? log_peel_syslog(record) : peel;
}

static enum log_peel peel_digit(struct log *log, struct log_record *record, bool leveled)
{
	enum log_peel peel = log_peel_kmsg(log, record);

	if (peel == PEEL_NOT && leveled)
		peel = log_peel_rfc5424(record);
	return peel == PEEL_NOT ? log_peel_number(record) : peel;
}

static enum log_peel peel_one(struct log *log, struct log_record *record)
{
	switch (record->text.p[0]) {
	case '[':
		return peel_bracket(log, record);
	case '<':
		return log_peel_level(record);
	case '>':
		return record->has_time ? PEEL_NOT : peel_quote(record);
	case 0xc2:
	case 0xa2:
		return cent_length(record->text) ? peel_cent(log, record) : PEEL_NOT;
	case '0' ... '9':
		return peel_digit(log, record, record->level >= 0);
	case 'A' ... 'Z':
	case 'a' ... 'z':
		return peel_word(record);
	}
	return PEEL_NOT;
}

bool log_peel(struct log *log, struct log_record *record)
{
	if (log_peel_json(log, record) == PEEL_DROP)
		return false;
	for (int layer = 0; layer < MOST_LAYERS && record->text.n; layer++) {
		switch (peel_one(log, record)) {
		case PEEL_MORE:
			break;
		case PEEL_LAST:
			return true;
		case PEEL_DROP:
			return false;
		case PEEL_NOT:
			return layer || log_find_time(log, record);
		}
	}
	return true;
}
