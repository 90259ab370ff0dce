/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Headings in dumps of pstore, which cuts the end of the log into parts and numbers them from the last one on, so
 * that files in the order of their names have the log in pieces from its end to its beginning:
 *
 *	Oops#1 Part2			fs/pstore/platform.c, pstore_dump() (6.12); Panic#2 Part1, Emergency#3 Part1
 *	====1670000000.123456-D		fs/pstore/ram.c, ramoops_write_kmsg_hdr()
 */
#include "oops/log_forms.h"
#include "oops/scan.h"

/* "Oops#1 Part2" */
static bool scan_part(struct span line, uint64_t *ret_part)
{
	size_t n = 0;
	uint64_t count;

	while (n < line.n && n < 12 && ((line.p[n] | 0x20) >= 'a' && (line.p[n] | 0x20) <= 'z'))
		n++;
	line = span_from(line, n);
	if (n == 0 || !scan_word(&line, "#") || !scan_decimal(&line, &count) ||
	    !scan_word(&line, " Part") || !scan_decimal(&line, ret_part))
		return false;
	scan_word(&line, "\r");
	return line.n == 0;
}

static bool is_ramoops(struct span line)
{
	uint64_t time;

	return scan_word(&line, "====") && log_scan_seconds(&line, &time) &&
	       (scan_word(&line, "-D") || scan_word(&line, "-C"));
}

bool log_take_part(struct log *log, struct span line)
{
	uint64_t part;

	if (line.n < 8 || line.n > 40)
		return false;
	if (is_ramoops(line)) {
		log->part = 0;
		log->gap = true;
		return true;
	}
	if (!scan_part(line, &part))
		return false;
	/* Part2 goes on in Part1. */
	log->gap = !log->part || part + 1 != log->part;
	if (log->part && part > log->part)
		log->note =
			"the parts of this dump come in reverse order: what comes before this one "
			"stands behind it";
	log->part = part;
	return true;
}
