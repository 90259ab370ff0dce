/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a report is whole. */
#include "oops/group.h"

/* What always has more than the line that says it. */
static bool wants_body(enum kimg_oops_kind kind)
{
	switch (kind) {
	case KIMG_OOPS_WARNING:
	case KIMG_OOPS_PAGE_FAULT:
	case KIMG_OOPS_NULL_POINTER:
	case KIMG_OOPS_GENERAL_PROTECTION:
	case KIMG_OOPS_DIVIDE_ERROR:
	case KIMG_OOPS_INVALID_OPCODE:
	case KIMG_OOPS_DOUBLE_FAULT:
	case KIMG_OOPS_STACK_OVERFLOW:
	case KIMG_OOPS_KASAN:
	case KIMG_OOPS_KMSAN:
	case KIMG_OOPS_KCSAN:
	case KIMG_OOPS_KFENCE:
	case KIMG_OOPS_SOFT_LOCKUP:
	case KIMG_OOPS_ATOMIC:
		return true;
	default:
		return false;
	}
}

/*
 * From 2.6.25 on, "---[ end trace ]---" ends oopses and warnings (kernel/panic.c, print_oops_end_marker()); before,
 * the line "Code:" behind the trace did.
 */
static bool ends_early(const struct open_report *open)
{
	if (open->stacks > 0)
		return true;
	if (!open->body && wants_body(open->report->oops.kind))
		return true;
	return (open->die || open->cut) && !open->ended && !open->panic && !open->code_last;
}

void judge(struct open_report *open, const char *why)
{
	struct report *report = open->report;
	struct kimg_oops *oops = &report->oops;

	if (why || ends_early(open)) {
		oops->truncated = true;
		report_note(report, "%s", why ? why : "the end of the report is missing");
	}
	if (open->weak && !open->die) {
		oops->corrupted = true;
		report_note(report, "the beginning of the report is missing");
	}
	if (open->damaged) {
		oops->corrupted = true;
		report_note(report, "lines have bytes that are no text, or are cut");
	}
	if (open->dropped) {
		oops->corrupted = true;
		report_note(report, "the kernel dropped messages while it wrote the report");
	}
	if (open->mixed) {
		oops->corrupted = true;
		report_note(report,
			    "lines of several reports are mixed: some may be another one's");
	}
}
