/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be told of a report only when all its lines are there. */
#include "oops/lines.h"

void report_finish(struct report *report)
{
	struct kimg_oops *oops = &report->oops;

	if (!oops->message && oops->line_count)
		oops->message = oops->lines[0].text;
	oops->title = oops->message;
}
