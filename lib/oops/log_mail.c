/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Quoted-printable (RFC 2045, 6.7), as mails and what was copied out of them have it:
 *
 *	> [    4.303213] CPU: 0 PID: 1 Comm: init Tainted: G        W   6.12.117+deb1=
 *	3-amd64 #1
 *	[    4.303213] code=3D1
 *
 * Known by the header of the mail; without one, by "=" at the end of a line as long as only this encoding breaks it.
 */
#include "oops/log_forms.h"
#include "oops/scan.h"

enum { BROKEN_LEAST = 72, BROKEN_MOST = 76, LONGEST_JOINED = 65536 };

static int digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool is_header(struct span line, bool *ret_on)
{
	if (!scan_word(&line, "Content-Transfer-Encoding: ") &&
	    !scan_word(&line, "Content-transfer-encoding: "))
		return false;
	*ret_on = span_starts(line, SPAN_LITERAL("quoted-printable"));
	return true;
}

/* "=3D" */
static void decode(struct buf *to, struct span line)
{
	const uint8_t *equals;

	while ((equals = line.n ? memchr(line.p, '=', line.n) : NULL)) {
		size_t n = equals - line.p;
		int high = -1, low = -1;

		if (line.n - n >= 3) {
			high = digit(equals[1]);
			low = digit(equals[2]);
		}
		buf_add(to, line.p, n);
		if (high >= 0 && low >= 0 && (high << 4 | low) >= ' ')
			buf_putc(to, (char)(high << 4 | low));
		else if (high == 0 && low == 9)
			buf_putc(to, '\t');
		else
			buf_add(to, equals, high >= 0 && low >= 0 ? 3 : 1);
		line = span_from(line, n + (high >= 0 && low >= 0 ? 3 : 1));
	}
	buf_add(to, line.p, line.n);
}

static bool is_broken(const struct log *log, struct span line)
{
	if (line.n == 0 || line.p[line.n - 1] != '=')
		return false;
	return log->quoted_printable || log->soft.n ||
	       (line.n >= BROKEN_LEAST && line.n <= BROKEN_MOST);
}

bool log_take_mail(struct log *log, struct span *line, struct log_record *record)
{
	struct span text = *line;
	bool broken;

	if (text.n && text.p[0] == 'C' && is_header(text, &log->quoted_printable))
		return false;
	if (!log->quoted_printable && !log->soft.n && (!text.n || text.n > BROKEN_MOST + 1))
		return false;
	while (text.n && text.p[text.n - 1] == '\r')
		text.n--;
	broken = is_broken(log, text);
	if (!broken && !log->quoted_printable && !log->soft.n)
		return false;
	if (log->soft.n == 0) {
		log->soft_number = record->number;
		log->soft_offset = record->offset;
	}
	record->number = log->soft_number;
	record->offset = log->soft_offset;
	decode(&log->soft, span_clip(text, 0, text.n - broken));
	if (broken && log->soft.n && log->soft.n < LONGEST_JOINED)
		return true;
	*line = buf_span(&log->soft);
	log->soft.n = 0; /* the bytes stay until the next line */
	return false;
}
