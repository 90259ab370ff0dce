/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OOPS_LINES_H
#define OOPS_LINES_H

#include "oops/report.h"

/* What single lines of a report say. */

/* kinds.c: the lines that reports start with, all of them. Fast: every line of a log is asked. */
struct line_start {
	enum kimg_oops_kind kind;
	bool cut;  /* "---[ cut here ]---": what happened stands in the lines that follow */
	bool weak; /* starts a report only where none is open: "Call Trace:", "CPU: 0 PID: ..." */
	bool renames; /* inside of an open report: the better word for what happened ("kernel BUG at", "Oops:") */
	bool follows; /* belongs to the report that is open, where one is: a panic for an oops or a lockup */
	bool warned; /* with follows: also of a warning */
	bool die; /* the architecture's die(), without a count of oopses: what happened came before, if at all */
	bool opens; /* begins a new report even where the open one has only its first lines */
};
bool line_start(struct span text, struct line_start *ret_start);

/* take.c: whether the line belongs to the report, which then has it. */
enum line_fit {
	LINE_FOREIGN, /* says nothing to the report */
	LINE_BODY,
	LINE_LAST, /* and nothing of the report follows */
};
enum line_fit report_take(struct report *report, struct span text);

/* header.c: "CPU: 0 PID: 1 Comm: ...", "Hardware name:", "Modules linked in:", ... */
bool header_take(struct report *report, struct span text);

/* frame.c: a line of a trace, of any architecture that has no form of its own. */
bool frame_take(struct report *report, struct span text);

/*
 * "[<ffffffff81000000>] ? name+0x12/0x34 [module 0123abcd] (P)": any part of it. rest: what follows. False
 * where there is neither an address nor a name with an offset. Strings belong to the report.
 */
bool frame_parse(struct report *report, struct span text, struct kimg_oops_frame *ret_frame,
		 struct span *ret_rest);

/*
 * frame.c: "Call Trace:" and other headings of traces, with the frames that follow on the same line. Opens a new
 * block where the current one has a trace already. title: of the block; NULL: the heading's own words.
 */
bool trace_begin(struct report *report, struct span text, const char *title);

/* finish.c: what can only be told when all lines are there: architecture, title, signature, inserted frames. */
void report_finish(struct report *report);

/* link.c: frames that are no return addresses, and the caller that only lr or ra tells; for finish.c. */
void report_link(struct report *report);

/* arch_guess.c: the architecture of a report that no line of registers told, by the functions of its traces. */
void arch_guess(struct report *report);

/* An architecture, in its file arch_NAME.c. */
struct oops_arch {
	enum kimg_oops_arch arch;
	/* Whether the line is one that only this architecture writes: then the report is of it. */
	bool (*claims)(struct span text);
	/* A line of a report of this architecture: program counter, registers, traces, code. */
	bool (*take)(struct report *report, struct span text);
};

extern const struct oops_arch oops_arch_x86, oops_arch_arm, oops_arch_arm64, oops_arch_riscv,
	oops_arch_ppc, oops_arch_s390, oops_arch_mips, oops_arch_sparc, oops_arch_loongarch;

/* arch_other.c: program counters of architectures that have no file of their own. */
bool other_take(struct report *report, struct span text);

/* arch.c: all of them; by the one that the report is known to be of, else by each that claims the line. */
bool arch_take(struct report *report, struct span text);

#endif
