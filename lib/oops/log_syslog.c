/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dates, hosts and tags that syslog daemons, the journal and others put before a message:
 *
 *	Nov 22 09:31:01 host kernel: [12690.42] text	syslog (RFC 3164), journalctl; with .123456: -o short-precise
 *	Nov 22 09:31:01 host kern.warn kernel: text	busybox syslogd
 *	Sun Nov 22 09:31:01 2026 kern.warn kernel: ...	OpenWrt's logread
 *	Sun 2026-11-22 09:31:01 UTC host kernel: text	journalctl -o short-full
 *	2026-11-22T09:31:01.123456+00:00 host kernel: text	rsyslog, journalctl -o short-iso
 *	2026-11-22T09:31:01,123456+00:00 text		dmesg --time-format iso
 *	1670000000.123456 host kernel: text		journalctl -o short-unix
 *	1 2026-11-22T09:31:01Z host kernel - - - text	RFC 5424, behind "<4>"
 *	4|kern|host|date|text				syslog-ng with "|" between its fields
 *	01-01 00:00:00.000     0     0 W         : text	logcat -b kernel
 *	09:31:01.123456  <4>[    4.303213] text		what records serial lines
 *	[2026-11-22 09:31:01] [    4.303213] text	the same
 *	[Sun Nov 22 09:31:01 2026] text			dmesg -T
 *	[Nov22 09:31] text				dmesg --time-format reltime
 */
#include "oops/log_forms.h"
#include "oops/scan.h"

enum { MOST_WORDS = 5, LONGEST_DATE = 48 };

/* "Nov 22", "Nov  2" */
static bool scan_day(struct span *text)
{
	struct span rest = *text;

	if (!log_scan_month(&rest))
		return false;
	scan_blanks(&rest);
	if (!log_scan_digits(&rest, 1, 2))
		return false;
	*text = rest;
	return true;
}

/* "Z", "+00:00", "+0000" */
static void scan_zone(struct span *text)
{
	struct span rest = *text;

	if (scan_word(text, "Z") || (!scan_word(&rest, "+") && !scan_word(&rest, "-")) ||
	    !log_scan_digits(&rest, 2, 2))
		return;
	scan_word(&rest, ":");
	if (log_scan_digits(&rest, 2, 2))
		*text = rest;
}

static struct span next_word(struct span text)
{
	const uint8_t *blank = text.n ? memchr(text.p, ' ', text.n) : NULL;

	return blank ? span_clip(text, 0, blank - text.p) : text;
}

static bool ends(struct span word, const char *with)
{
	size_t n = strlen(with);

	return word.n >= n && memcmp(word.p + word.n - n, with, n) == 0;
}

/* Whether "[    4.303213] " or "<4>[    4.303213] " comes. */
static bool time_comes(struct span text)
{
	struct log_record record = { .text = text };
	struct log none = { 0 };

	if (text.n && text.p[0] == '<')
		log_peel_level(&record);
	return log_peel_time(&none, &record) == PEEL_LAST;
}

/* klogd of old left levels inside of messages: "kernel:  <1>Unable to handle". */
static enum log_peel behind_tag(struct log_record *record, struct span rest)
{
	struct span level;

	scan_word(&rest, " ");
	level = rest;
	scan_blanks(&level);
	record->text = level;
	if (level.n && level.p[0] == '<' && log_peel_level(record) == PEEL_MORE)
		return time_comes(record->text) ? PEEL_MORE : PEEL_LAST;
	record->text = rest;
	return time_comes(rest) ? PEEL_MORE : PEEL_LAST;
}

/* Behind the date: host and tag, of which either may be missing. */
static enum log_peel take_tag(struct log_record *record, struct span rest)
{
	for (unsigned int words = 0; words < MOST_WORDS && rest.n; words++) {
		struct span word;

		if (rest.p[0] == '[' || rest.p[0] == '<') {
			record->text = rest;
			return time_comes(rest) ? PEEL_MORE : PEEL_LAST;
		}
		word = next_word(rest);
		if (ends(word, "kernel:"))
			return behind_tag(record, span_from(rest, word.n));
		if (words == 0 && (word.n == 0 || ends(word, ":"))) {
			record->text = rest;
			return PEEL_LAST;
		}
		if (ends(word, ":"))
			return PEEL_DROP;
		rest = span_from(rest, word.n);
		scan_blanks(&rest);
	}
	return PEEL_NOT;
}

/* Nov 22 09:31:01; Sun Nov 22 09:31:01 2026; Sun 2026-11-22 09:31:01 */
enum log_peel log_peel_syslog(struct log_record *record)
{
	struct span rest = record->text, year;

	if (log_scan_weekday(&rest) && !scan_word(&rest, " "))
		return PEEL_NOT;
	if (!scan_day(&rest) && !log_scan_date(&rest))
		return PEEL_NOT;
	if (!scan_word(&rest, " "))
		return PEEL_NOT;
	year = rest;
	if (log_scan_digits(&year, 4, 4) && scan_word(&year, " "))
		rest = year;
	if (!log_scan_clock(&rest) || !scan_word(&rest, " "))
		return PEEL_NOT;
	return take_tag(record, rest);
}

/* 2026-11-22T09:31:01.123456+00:00 */
static bool scan_iso(struct span *text, bool *ret_comma)
{
	struct span rest = *text;

	if (!log_scan_date(&rest) || (!scan_word(&rest, "T") && !scan_word(&rest, " ")) ||
	    !log_scan_clock(&rest))
		return false;
	*ret_comma = memchr(text->p, ',', rest.p - text->p) != NULL;
	scan_zone(&rest);
	*text = rest;
	return true;
}

static enum log_peel peel_iso(struct log_record *record)
{
	struct span rest = record->text;
	bool comma;

	if (!scan_iso(&rest, &comma) || !scan_word(&rest, " "))
		return PEEL_NOT;
	if (!comma)
		return take_tag(record, rest);
	record->text = rest;
	return PEEL_LAST;
}

static enum log_peel peel_unix(struct log_record *record)
{
	struct span rest = record->text;
	uint64_t time;

	if (!log_scan_seconds(&rest, &time) || time < 100000000000000 || !scan_word(&rest, " "))
		return PEEL_NOT;
	return take_tag(record, rest);
}

static enum log_peel peel_pipes(struct log_record *record)
{
	struct span rest = record->text;

	for (int field = 0; field < 4; field++) {
		size_t most = rest.n < LONGEST_DATE ? rest.n : LONGEST_DATE;
		const uint8_t *pipe = most ? memchr(rest.p, '|', most) : NULL;

		if (!pipe)
			return PEEL_NOT;
		rest = span_from(rest, pipe - rest.p + 1);
	}
	record->text = rest;
	scan_word(&record->text, "kernel: ");
	return PEEL_MORE;
}

static enum log_peel peel_logcat(struct log_record *record)
{
	struct span rest = record->text;
	bool kernel;

	if (!log_scan_digits(&rest, 2, 2) || !scan_word(&rest, "-") ||
	    !log_scan_digits(&rest, 2, 2) || !scan_word(&rest, " ") || !log_scan_clock(&rest))
		return PEEL_NOT;
	scan_blanks(&rest);
	kernel = rest.n > 1 && rest.p[0] == '0' && rest.p[1] == ' ';
	if (!log_scan_digits(&rest, 1, 8))
		return PEEL_NOT;
	scan_blanks(&rest);
	if (!log_scan_digits(&rest, 1, 8) || !scan_word(&rest, " ") || rest.n < 3)
		return PEEL_NOT;
	rest = span_from(rest, 1);
	for (size_t at; span_find(rest, 0, SPAN_LITERAL(": "), &at);) {
		record->text = span_from(rest, at + 2);
		return kernel ? PEEL_MORE : PEEL_DROP;
	}
	return PEEL_NOT;
}

/* A time of the day alone, before what is surely of the kernel. */
static enum log_peel peel_time_of_day(struct log_record *record)
{
	struct span rest = record->text;

	if (!log_scan_clock(&rest) || !rest.n || rest.p[0] != ' ')
		return PEEL_NOT;
	scan_blanks(&rest);
	if (!time_comes(rest))
		return PEEL_NOT;
	record->text = rest;
	return PEEL_MORE;
}

enum log_peel log_peel_number(struct log_record *record)
{
	static enum log_peel (*const forms[])(struct log_record *) = {
		peel_iso, peel_unix, peel_time_of_day, peel_logcat, peel_pipes,
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		enum log_peel peel = forms[i](record);

		if (peel != PEEL_NOT)
			return peel;
	}
	return PEEL_NOT;
}

/* "[id key=\"value\"]"; values may hold "\]". */
static void scan_structured(struct span *text)
{
	struct span rest = *text;
	size_t n = 1;

	if (scan_word(text, "- ") || !rest.n || rest.p[0] != '[')
		return;
	while (n < rest.n && (rest.p[n] != ']' || rest.p[n - 1] == '\\'))
		n++;
	*text = span_from(rest, n + 1);
	if (text->n && text->p[0] == '[') /* of another element, or the message's own */
		return;
	scan_word(text, " ");
}

enum log_peel log_peel_rfc5424(struct log_record *record)
{
	struct span rest = record->text, word;
	bool kernel = false, comma;

	if (!scan_word(&rest, "1 ") || (!scan_iso(&rest, &comma) && !scan_word(&rest, "-")) ||
	    !scan_word(&rest, " "))
		return PEEL_NOT;
	for (int field = 0; field < 4; field++) { /* host, program, process, kind of message */
		word = next_word(rest);
		kernel |= field == 1 && span_equal(word, SPAN_LITERAL("kernel"));
		rest = span_from(rest, word.n);
		if (!scan_word(&rest, " "))
			return PEEL_NOT;
	}
	scan_structured(&rest);
	record->text = rest;
	return kernel ? PEEL_MORE : PEEL_DROP;
}

/* Between brackets, as dmesg and recorders of serial lines write it. */
enum log_peel log_peel_clock(struct log_record *record)
{
	struct span rest = span_from(record->text, 1), inside;
	size_t most = rest.n < LONGEST_DATE ? rest.n : LONGEST_DATE;
	const uint8_t *end = most ? memchr(rest.p, ']', most) : NULL;
	bool known, comma;

	if (!end)
		return PEEL_NOT;
	inside = span_clip(rest, 0, end - rest.p);
	rest = span_from(rest, inside.n + 1);
	known = scan_iso(&inside, &comma) || log_scan_clock(&inside);
	if (!known && log_scan_weekday(&inside)) {
		scan_blanks(&inside);
		known = scan_day(&inside);
	} else if (!known) {
		known = scan_day(&inside) && scan_word(&inside, " ") &&
			log_scan_digits(&inside, 2, 2) && scan_word(&inside, ":");
	}
	if (!known)
		return PEEL_NOT;
	scan_word(&rest, " ");
	record->text = rest;
	return time_comes(rest) ? PEEL_MORE : PEEL_LAST;
}
