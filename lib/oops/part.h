/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OOPS_PART_H
#define OOPS_PART_H

#include "oops/lines.h"

/*
 * The parts of a report in the order in which the kernel writes them. How far two lines are apart in it tells which
 * of several open reports a line goes on with.
 */
enum part {
	PART_OTHER = -1, /* any text */
	PART_CUT = 0,
	PART_HEAD = 4,     /* what happened */
	PART_DIE = 8,      /* "Oops: 0000 [#1]" */
	PART_MODULES = 10, /* of a warning; an oops has them behind the trace */
	PART_CPU = 12,
	PART_TAINTED = 13,
	PART_HARDWARE = 14,
	PART_PC = 15,
	PART_CODE = 16,
	PART_REGISTERS = 20, /* up to 31: x86, line by line */
	PART_ANY_REGISTERS = 33,
	PART_TRACE = 40,
	PART_FRAME = 42,
	PART_LATE = 48, /* modules behind the trace */
	PART_END = 50,
	PART_AFTER = 52, /* "note: init[132] exited with irqs disabled" */
};

struct part_line {
	enum part part;
	bool is_start;
	struct line_start start;
	int64_t cpu; /* that the line names; -1 */
	int64_t pid;
	bool backtrace; /* of a CPU that the report is not about */
	int opens;      /* stacks: 1 "<TASK>", -1 "</TASK>" */
};

/* Whether the line starts a report is looked up already. */
void part_of(struct span text, struct part_line *line);

/* How unlikely it is that a report goes on from a part to another: 0 to 12. */
unsigned int part_distance(enum part from, enum part to);

#endif
