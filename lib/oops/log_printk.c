/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel itself, dmesg and makers of phones put before a message:
 *
 *	[    4.303213] text				kernel/printk/printk.c, print_time() (6.12)
 *	[  772.918915][    T22] text			print_caller(), CONFIG_PRINTK_CALLER; C0 in interrupts
 *	[  772.918915] [    T22] text			dmesg(1) of the same
 *	[  772.918915] (T34) text			the same in its first versions
 *	<4>[    4.303213] text, <4>text			dmesg -r, /proc/kmsg
 *	[    4.303213 <    0.000012>] text		dmesg -d; [<    0.000012>] with -t
 *	[  +0.000012] text				dmesg --time-format reltime
 *	kern  :warn  : [    4.303213] text		dmesg -x
 *	[  123.456789] host kernel: text		journalctl -o short-monotonic
 *	[    1.234567,1] text				vendors: the CPU behind the time
 *	[    1.234567 / 01-01 00:00:00.000] text	vendors: the date behind the time
 *	[   12.345678]  (0)[123:comm]text		vendors: CPU, task
 *	[   12.345678] I[0:      swapper/0:    1] text	vendors: level, CPU, task
 */
#include "oops/log_forms.h"
#include "oops/scan.h"

enum { LONGEST_CALLER = 48 };

/* "<4>"; syslog's with the facility has up to three digits. */
enum log_peel log_peel_level(struct log_record *record)
{
	struct span rest = span_from(record->text, 1), digits = rest;
	uint64_t level;

	if (!log_scan_digits(&digits, 1, 3) || !scan_word(&digits, ">") ||
	    !scan_decimal(&rest, &level))
		return PEEL_NOT;
	record->text = digits;
	record->level = level & 7;
	return PEEL_MORE;
}

/* The part of text up to the sign end and behind it, at most LONGEST_CALLER bytes long. */
static bool scan_until(struct span *text, char end, struct span *ret_inside)
{
	size_t most = text->n < LONGEST_CALLER ? text->n : LONGEST_CALLER;
	const uint8_t *found = most ? memchr(text->p, end, most) : NULL;

	if (!found)
		return false;
	*ret_inside = span_clip(*text, 0, found - text->p);
	*text = span_from(*text, found - text->p + 1);
	return true;
}

/* "[    T22] " and "(T34) ", without the sign that opens it. */
static bool take_caller(struct log_record *record, struct span rest, char end)
{
	struct span caller, digits;

	scan_blanks(&rest);
	if (!scan_until(&rest, end, &caller))
		return false;
	digits = caller;
	if ((!scan_word(&digits, "T") && !scan_word(&digits, "C")) ||
	    !log_scan_digits(&digits, 1, 10))
		return false;
	scan_word(&rest, " ");
	record->caller = caller;
	record->text = rest;
	return true;
}

/* "(0)[123:comm]", "I[0:  comm:  123] " */
static void take_vendor(struct log_record *record)
{
	struct span rest = record->text, caller, task;

	scan_blanks(&rest);
	scan_word(&rest, "-");
	if (scan_word(&rest, "(")) {
		if (!log_scan_digits(&rest, 1, 3) || !scan_word(&rest, ")["))
			return;
	} else {
		if (rest.n && rest.p[0] >= 'A' && rest.p[0] <= 'Z')
			rest = span_from(rest, 1);
		if (!scan_word(&rest, "["))
			return;
		scan_blanks(&rest);
	}
	caller = rest;
	if (!log_scan_digits(&rest, 1, 7) || !scan_word(&rest, ":") ||
	    !scan_until(&rest, ']', &task))
		return;
	record->caller = span_clip(caller, 0, task.p + task.n - caller.p);
	scan_word(&rest, " ");
	record->text = rest;
}

static void take_after_time(struct log_record *record, struct span rest)
{
	if (rest.n && rest.p[0] == '[' && take_caller(record, span_from(rest, 1), ']'))
		return;
	scan_word(&rest, " ");
	record->text = rest;
	if (rest.n < 4)
		return;
	if (rest.p[0] == '[' && take_caller(record, span_from(rest, 1), ']'))
		return;
	if (rest.p[0] == '(')
		take_caller(record, span_from(rest, 1), ')');
	else if (rest.p[0] == ' ' || rest.p[0] == '-' || rest.p[0] == '[' || rest.p[1] == '[')
		take_vendor(record);
}

/* "<    0.000012>" */
static bool scan_delta(struct span *text)
{
	struct span rest = *text;
	uint64_t time;

	if (!scan_word(&rest, "<"))
		return false;
	scan_blanks(&rest);
	if (!log_scan_seconds(&rest, &time) || !scan_word(&rest, ">"))
		return false;
	*text = rest;
	return true;
}

/* What may stand between the time and "]". */
static bool scan_time_end(struct span *text)
{
	struct span rest = *text, inside;

	if (scan_word(&rest, ","))
		log_scan_digits(&rest, 1, 3);
	else if (scan_word(&rest, " / ") && scan_until(&rest, ']', &inside))
		rest = span_of(inside.p + inside.n, text->p + text->n - inside.p - inside.n);
	scan_blanks(&rest);
	scan_delta(&rest);
	if (!scan_word(&rest, "]"))
		return false;
	*text = rest;
	return true;
}

/* "[    4.303213]" with all that may stand in it; *ret_time is untouched where it has none since boot. */
static bool scan_time(struct span *text, bool *ret_has, uint64_t *ret_time)
{
	struct span rest = *text;
	uint64_t time;

	if (!scan_word(&rest, "["))
		return false;
	if (scan_delta(&rest) && scan_word(&rest, "]")) {
		*text = rest;
		return true;
	}
	scan_blanks(&rest);
	*ret_has = !scan_word(&rest, "+");
	if (!log_scan_seconds(&rest, &time) || !scan_time_end(&rest))
		return false;
	if (*ret_has)
		*ret_time = time;
	*text = rest;
	return true;
}

/* "host kernel: "; true where the line is of another program. */
static bool take_host(struct log *log, struct log_record *record)
{
	struct span text = record->text, host, rest = text;
	const uint8_t *blank = text.n ? memchr(text.p, ' ', text.n < 64 ? text.n : 64) : NULL;

	if (!blank || blank == text.p)
		return false;
	host = span_clip(text, 0, blank - text.p);
	rest = span_from(text, host.n + 1);
	if (scan_word(&rest, "kernel: ")) {
		memcpy(log->host, host.p, host.n);
		log->host[host.n] = '\0';
		record->text = rest;
		return false;
	}
	return log->host[0] && span_equal(host, span_of(log->host, strlen(log->host)));
}

enum log_peel log_peel_time(struct log *log, struct log_record *record)
{
	struct span rest = record->text;
	bool has_time = false;
	uint64_t time = 0;

	if (!scan_time(&rest, &has_time, &time))
		return PEEL_NOT;
	if (has_time) {
		record->has_time = true;
		record->time = time;
	}
	take_after_time(record, rest);
	return take_host(log, record) ? PEEL_DROP : PEEL_LAST;
}

bool log_find_time(struct log *log, struct log_record *record)
{
	struct span text = record->text;
	const uint8_t *bracket;

	while ((bracket = text.n ? memchr(text.p, '[', text.n) : NULL)) {
		struct span rest = text = span_from(text, bracket - text.p);
		bool has_time = false;
		uint64_t time;

		/* The kernel's own form alone: "]" behind six digits. */
		if (scan_time(&rest, &has_time, &time) && has_time && rest.p - text.p >= 14 &&
		    text.p[rest.p - text.p - 8] == '.') {
			record->text = text;
			return log_peel_time(log, record) == PEEL_LAST;
		}
		text = span_from(text, 1);
	}
	return true;
}

/* dmesg.c of util-linux 2.38, print_record(): "%-6s:%-6s: ". */
enum log_peel log_peel_dmesg(struct log_record *record)
{
	static const char facilities[][7] = { "kern  ", "user  ", "mail  ", "daemon", "auth  ",
					      "syslog", "lpr   ", "news  ", "local0" };
	static const char levels[8][7] = { "emerg ", "alert ", "crit  ", "err   ",
					   "warn  ", "notice", "info  ", "debug " };
	struct span text = record->text;
	bool known = false;

	if (text.n < 15 || text.p[6] != ':' || text.p[13] != ':' || text.p[14] != ' ')
		return PEEL_NOT;
	for (size_t i = 0; i < sizeof(facilities) / sizeof(*facilities); i++)
		known |= memcmp(text.p, facilities[i], 6) == 0;
	for (int i = 0; known && i < 8; i++)
		if (memcmp(text.p + 7, levels[i], 6) == 0)
			record->level = i;
	if (!known)
		return PEEL_NOT;
	record->text = span_from(text, 15);
	return PEEL_MORE;
}
