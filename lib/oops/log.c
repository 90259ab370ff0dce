/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of logs without their prefixes. */
#include "oops/log.h"

#include "oops/scan.h"

/* "[    4.303213] ", "[  772.918915][    T22] " */
static void take_time(struct log_record *record)
{
	struct span rest = record->text;
	uint64_t seconds, fraction;

	if (!scan_word(&rest, "["))
		return;
	scan_blanks(&rest);
	if (!scan_decimal(&rest, &seconds) || !scan_word(&rest, ".") ||
	    !scan_decimal(&rest, &fraction) || !scan_word(&rest, "]"))
		return;
	scan_word(&rest, " ");
	record->text = rest;
	record->has_time = true;
	record->time = seconds * 1000000 + fraction;
}

struct kimg_error *log_line(struct log *log, struct span line, uint64_t number, uint64_t offset)
{
	struct log_record record = {
		.text = line,
		.number = number,
		.offset = offset,
		.level = -1,
	};

	while (record.text.n && record.text.p[record.text.n - 1] == '\r')
		record.text.n--;
	take_time(&record);
	log->record(log->context, &record);
	return NULL;
}

void log_done(struct log *log)
{
}
