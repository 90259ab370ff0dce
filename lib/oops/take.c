/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines into the report that they belong to. */
#include "oops/lines.h"
#include "oops/scan.h"

/* "---[ end trace 0000000000000000 ]---" */
static bool is_end(struct span text)
{
	return span_starts(text, SPAN_LITERAL("---[ end "));
}

enum line_fit report_take(struct report *report, struct span text)
{
	struct line_start start;

	if (is_end(text)) {
		report->ended = true;
		report->in_trace = false;
		return LINE_BODY;
	}
	if (line_start(text, &start) && !start.weak) {
		if (!start.cut && (!report->oops.message || start.renames)) {
			report->oops.message = report_text(report, text);
			report->oops.kind = start.kind;
		}
		return LINE_BODY;
	}
	if (header_take(report, text) || arch_take(report, text))
		return LINE_BODY;
	if (report->in_trace && frame_take(report, text))
		return LINE_BODY;
	report->in_trace = false;
	return LINE_FOREIGN;
}
