/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be told of a report only when all its lines are there. */
#include "oops/lines.h"
#include "oops/title.h"

/* Faults in the first page are of a NULL pointer, also where the kernel does not say so (arm, riscv). */
enum { FIRST_PAGE = 4096 };

static void settle_kind(struct kimg_oops *oops)
{
	if (oops->kind == KIMG_OOPS_PAGE_FAULT && oops->has_fault_address &&
	    oops->fault_address < FIRST_PAGE)
		oops->kind = KIMG_OOPS_NULL_POINTER;
}

/* A block that was begun for a stack which did not come. */
static void drop_empty_block(struct kimg_oops *oops)
{
	const struct kimg_oops_block *last;

	if (oops->block_count < 2)
		return;
	last = &oops->blocks[oops->block_count - 1];
	if (!last->title && !last->has_pc && !last->has_link && !last->register_count &&
	    !last->registers && !last->frame_count && !last->frames && !last->has_code)
		oops->block_count--;
}

void report_finish(struct report *report)
{
	struct kimg_oops *oops = &report->oops;
	const char *what;

	arch_guess(report);
	report_link(report);
	if (!oops->message && oops->line_count)
		oops->message = oops->lines[0].text;
	settle_kind(oops);
	drop_empty_block(oops);
	what = title_what(report);
	if (!what)
		return;
	title_make(report, what);
	signature_make(report, what);
}
