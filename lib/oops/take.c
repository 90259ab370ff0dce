/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines into the report that they belong to. */
#include "oops/header.h"

/* Lines between "cut here" and the line that tells what happened: the text of a warning. */
enum { MOST_CUT_LINES = 16 };

/*
 * How much a kind tells: of an oops that is a general protection fault, or came from a BUG, the name of the trap is
 * the lesser word.
 */
static unsigned int rank_of(enum kimg_oops_kind kind)
{
	switch (kind) {
	case KIMG_OOPS_DUMP:
		return 1;
	case KIMG_OOPS_OOPS:
	case KIMG_OOPS_SYSRQ:
		return 2;
	case KIMG_OOPS_INVALID_OPCODE:
	case KIMG_OOPS_PANIC:
		return 3;
	case KIMG_OOPS_WARNING:
	case KIMG_OOPS_BUG:
		return 4;
	default:
		return 5;
	}
}

/* "Modules linked in:" may come before the line that tells what the report is of. */
static void take_name(struct report *report, struct span text, const struct line_start *start)
{
	struct kimg_oops *oops = &report->oops;
	unsigned int rank = rank_of(start->kind);

	/* "BUG: Dentry still in use" is what a WARNING that follows is about. */
	if (text_starts(text, "BUG: "))
		rank = 5;

	if (start->cut) {
		if (!oops->message)
			oops->kind = start->kind;
		report->told.cut_lines = 1;
		return;
	}
	if (rank > report->told.rank || (rank == report->told.rank && start->renames)) {
		oops->message = report_text(report, text);
		oops->kind = start->kind;
		report->told.rank = rank;
	}
	report->told.cut_lines = 0;
	report->in_trace |= start->kind == KIMG_OOPS_KMSAN; /* it has no heading before its trace */
	message_take(report, text, start->kind);
}

/* "---[ end trace 0000000000000000 ]---", "---[ end Kernel panic - not syncing: ... ]---" */
static enum line_fit take_end(struct report *report, struct span text)
{
	report->ended = true;
	report->in_trace = false;
	report->context = NULL;
	return text_starts(text, "---[ end Kernel panic") ? LINE_LAST : LINE_BODY;
}

/* The text of a warning may be anything. */
static bool take_cut(struct report *report, struct span text)
{
	if (report->told.cut_lines == 0 || report->told.cut_lines > MOST_CUT_LINES)
		return false;
	report->told.cut_lines++;
	return text.n > 0;
}

enum line_fit report_take(struct report *report, struct span text)
{
	struct line_start start;

	if (text_starts(text, "---[ end "))
		return take_end(report, text);
	if (line_start(text, &start)) {
		if (!start.weak) {
			take_name(report, text, &start);
			return LINE_BODY;
		}
		if (!report->told.rank && !report->told.cut_lines)
			report->oops.kind = start.kind;
	}
	if (header_take(report, text) || arch_take(report, text) ||
	    (report->in_trace && frame_take(report, text)) || body_take(report, text) ||
	    take_cut(report, text))
		return LINE_BODY;
	return LINE_FOREIGN;
}
