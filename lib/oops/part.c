/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parts of a report, by the first bytes of a line. x86-64 (arch/x86/kernel/dumpstack.c and process_64.c, 6.12):
 *
 *	------------[ cut here ]------------
 *	WARNING: CPU: 1 PID: 189 at file.c:55 function+0x24e/0x6c1 [module]
 *	Oops: Oops: 0000 [#1] PREEMPT SMP NOPTI
 *	Modules linked in: module(OE)
 *	CPU: 1 UID: 0 PID: 189 Comm: init ...
 *	Tainted: [O]=OOT_MODULE
 *	Hardware name: ...
 *	RIP: 0010:function+0x24e/0x6c1 [module]
 *	Code: ...
 *	RSP: ... RAX: ... RDX: ... RBP: ... R10: ... R13: ... FS: ... CS: ... CR2: ... PKRU: ...
 *	Call Trace:
 *	 <TASK>
 *	 function+0x51/0x90
 *	 </TASK>
 *	---[ end trace 0000000000000000 ]---
 *	note: init[183] exited with irqs disabled
 */
#include "oops/part.h"

#include "oops/scan.h"

struct part_words {
	const char *words;
	enum part part;
};

static const struct part_words parts[] = {
	{ "Modules linked in:", PART_MODULES },
	{ "Tainted: [", PART_TAINTED },
	{ "Hardware name: ", PART_HARDWARE },
	{ "RIP: ", PART_PC },
	{ "EIP: ", PART_PC },
	{ "EIP is at ", PART_PC },
	{ "PC is at ", PART_PC },
	{ "LR is at ", PART_PC },
	{ "pstate: ", PART_PC },
	{ "pc : ", PART_PC },
	{ "lr : ", PART_PC },
	{ "epc : ", PART_PC },
	{ "epc   : ", PART_PC },
	{ " ra : ", PART_PC },
	{ "ra    : ", PART_PC },
	{ "NIP", PART_PC },
	{ "LR [", PART_PC },
	{ "Krnl PSW", PART_PC },
	{ "TSTATE: ", PART_PC },
	{ "Code: ", PART_CODE },
	{ "Krnl Code:", PART_CODE },
	{ "Instruction dump:", PART_CODE },
	{ "RSP: ", PART_REGISTERS },
	{ "ESP: ", PART_REGISTERS },
	{ "RAX: ", PART_REGISTERS + 1 },
	{ "EAX: ", PART_REGISTERS + 1 },
	{ "RDX: ", PART_REGISTERS + 2 },
	{ "ESI: ", PART_REGISTERS + 2 },
	{ "RBP: ", PART_REGISTERS + 3 },
	{ "DS: ", PART_REGISTERS + 3 },
	{ "R10: ", PART_REGISTERS + 4 },
	{ "R13: ", PART_REGISTERS + 5 },
	{ "FS: ", PART_REGISTERS + 6 },
	{ "CS: ", PART_REGISTERS + 7 },
	{ "CR0: ", PART_REGISTERS + 7 },
	{ "CR2: ", PART_REGISTERS + 8 },
	{ "DR0: ", PART_REGISTERS + 9 },
	{ "DR3: ", PART_REGISTERS + 10 },
	{ "DR6: ", PART_REGISTERS + 10 },
	{ "PKRU: ", PART_REGISTERS + 11 },
	{ "GPR", PART_ANY_REGISTERS },
	{ "Call Trace:", PART_TRACE },
	{ "Call trace:", PART_TRACE },
	{ "Call Backtrace", PART_TRACE },
	{ "Backtrace:", PART_TRACE },
	{ "---[ end ", PART_END },
	{ "note: ", PART_AFTER },
	{ "Kernel Offset: ", PART_AFTER },
	{ "Rebooting in ", PART_AFTER },
};

/* "x29: ffff800080533a40", " t1 : 0000000000677562", "r10: c244e540" */
static bool is_register(struct span text)
{
	unsigned int digits;
	uint64_t value;
	size_t n = 0;

	scan_blanks(&text);
	while (n < text.n && n < 4 && text.p[n] != ':' && text.p[n] != ' ')
		n++;
	if (n == 0 || n == 4)
		return false;
	text = span_from(text, n);
	scan_word(&text, " ");
	return scan_word(&text, ": ") && scan_hex(&text, &value, &digits) && digits >= 8;
}

/* " function+0x51/0x90", "[<c0123456>] ...", " <TASK>" */
static bool is_frame(struct span text)
{
	size_t at, size;

	if (!text.n || (text.p[0] != ' ' && text.p[0] != '[' && text.p[0] != '('))
		return false;
	text = span_clip(text, 0, 512);
	return (span_find(text, 0, SPAN_LITERAL("+0x"), &at) &&
		span_find(text, at, SPAN_LITERAL("/0x"), &size)) ||
	       span_find(text, 0, SPAN_LITERAL("[<"), &at);
}

/* "CPU: 1 UID: 0 PID: 189 Comm: init", "CPU: 1 PID: 189 at file.c:55" */
static bool scan_cpu(struct span text, struct part_line *line)
{
	uint64_t cpu, uid, pid;

	if (!scan_word(&text, "CPU: ") || !scan_decimal(&text, &cpu))
		return false;
	if (scan_word(&text, " UID: "))
		scan_decimal(&text, &uid);
	line->cpu = (int64_t)cpu;
	if (scan_word(&text, " PID: ") && scan_decimal(&text, &pid))
		line->pid = (int64_t)pid;
	return true;
}

/*
 * " <TASK>", " </TASK>": the last stack of a trace. What stands behind the end of another one, as "</IRQ>", may be the
 * state that the interrupt came upon. False where the line is no mark of a stack.
 */
static bool stack_mark(struct span text, int *ret_opens)
{
	bool ends;

	scan_blanks(&text);
	*ret_opens = 0;
	if (!scan_word(&text, "<") || text.n < 4)
		return false;
	ends = scan_word(&text, "/");
	if (span_starts(text, SPAN_LITERAL("TASK>")))
		*ret_opens = ends ? -1 : 1;
	return text.p[0] >= 'A' && text.p[0] <= 'Z';
}

/* What only some lines say beyond their first words. */
static void take_numbers(struct span text, struct part_line *line)
{
	const uint8_t *bracket;
	uint64_t number;

	if (line->is_start && scan_word(&text, "WARNING: ")) {
		scan_cpu(text, line);
	} else if (scan_word(&text, "NMI backtrace for cpu ")) {
		line->backtrace = true;
	} else if (line->part == PART_AFTER && scan_word(&text, "note: ") && text.n) {
		bracket = memchr(text.p, '[', text.n);
		text = span_from(text, bracket ? bracket - text.p + 1 : 0);
		if (scan_decimal(&text, &number))
			line->pid = (int64_t)number;
	}
}

static enum part of_start(struct span text, const struct line_start *start)
{
	struct span head = span_clip(text, 0, 512);
	size_t at;

	if (start->cut)
		return PART_CUT;
	if (start->die || span_find(head, 0, SPAN_LITERAL("[#"), &at) ||
	    span_starts(head, SPAN_LITERAL("Internal error: ")))
		return PART_DIE;
	return PART_HEAD;
}

static enum part of_text(struct span text, struct part_line *line)
{
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (text.n && text.p[0] == (uint8_t)parts[i].words[0] &&
		    span_starts(text, span_of(parts[i].words, strlen(parts[i].words))))
			return parts[i].part;
	if (scan_cpu(text, line))
		return PART_CPU;
	if (stack_mark(text, &line->opens) || is_frame(text))
		return PART_FRAME;
	return is_register(text) ? PART_ANY_REGISTERS : PART_OTHER;
}

void part_of(struct span text, struct part_line *line)
{
	line->cpu = line->pid = -1;
	line->backtrace = false;
	line->opens = 0;
	line->part = line->is_start && !line->start.weak ? of_start(text, &line->start)
							 : of_text(text, line);
	take_numbers(text, line);
}

/* Steps back that reports do take. */
static unsigned int distance_back(enum part from, enum part to)
{
	if (from == PART_FRAME || from == PART_LATE || from == PART_TRACE) {
		if (to == PART_PC || to == PART_CODE || to == PART_MODULES)
			return from == PART_LATE ? 4 : 1;
		if (to == PART_TRACE || to == PART_CPU)
			return 3;
		if (to == PART_REGISTERS + 8)
			return from == PART_LATE ? 0 : 2;
	}
	if (from == PART_END && to == PART_PC)
		return 0;
	return to >= PART_PC && from < PART_END ? 6 : 9;
}

/* Most parts may be missing; a line of registers is not. */
static unsigned int distance_on(enum part from, enum part to)
{
	unsigned int steps = (unsigned int)(to - from - 1);

	if (from >= PART_REGISTERS && from < PART_TRACE && to < PART_TRACE)
		return 2 * steps;
	if (from >= PART_CODE && to >= PART_TRACE)
		return to == PART_TRACE || from >= PART_TRACE ? 0 : 2;
	if (from >= PART_CPU && to == PART_TRACE)
		return 1;
	return steps < 4 ? steps : 4;
}

unsigned int part_distance(enum part from, enum part to)
{
	if (from == PART_CUT)
		return to == PART_HEAD || to == PART_DIE || to == PART_OTHER ? 0 : 12;
	if (to == PART_OTHER)
		return from <= PART_DIE ? 1 : from < PART_END ? 3 : 8;
	if (to == from && to >= PART_REGISTERS && to < PART_TRACE)
		return to == PART_ANY_REGISTERS ? 0 : 8;
	if (to == from)
		return to == PART_FRAME ? 0 : 4;
	return to < from ? distance_back(from, to) : distance_on(from, to);
}
