/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The headings of stacks. Most are followed by frames at once, some by "Call Trace:" or a state.
 *
 *   task:kc_hung         state:D stack:0     pid:133   ppid:2      flags:0x00004000	5.11 and later
 *   kc_hung         D    0   133      2 0x80004000					before
 *   kc_hung         D ffff880011223344     0   133      2 0x00000000
 *   NMI backtrace for cpu 1
 *   Allocated by task 12 on cpu 0 at 1.234567s:					KASAN, KFENCE
 *   write to 0xffff888012345678 of 8 bytes by task 12 on cpu 0:			KCSAN
 *   -> #1 (&lock){+.+.}-{3:3}:								lockdep
 */
#include "oops/header.h"

struct heading {
	const char *words; /* that it starts with */
	const char *also;  /* and has further on */
	const char *cpu;   /* a number follows these words; NULL: none */
	const char *pid;
	bool state; /* lines of a state or "Call Trace:" follow, before frames do */
};

static const struct heading headings[] = {
	{ "NMI backtrace for cpu ", NULL, "for cpu ", NULL, true },
	{ "CPU ", ": stopping", "CPU ", NULL, true },
	{ "CPU", ": stopping", "CPU", NULL, true },
	{ "Task dump for CPU ", ":", "for CPU ", NULL, true },
	{ "Allocated by ", ":", "on cpu ", "by task ", false },
	{ "Freed by ", ":", "on cpu ", "by task ", false },
	{ "allocated by ", ":", "on cpu ", "by task ", false },
	{ "freed by ", ":", "on cpu ", "by task ", false },
	{ "Last potentially related work creation:", NULL, NULL, NULL, false },
	{ "Second to last potentially related work creation:", NULL, NULL, NULL, false },
	{ "Last call_rcu():", NULL, NULL, NULL, false },
	{ "Second to last call_rcu():", NULL, NULL, NULL, false },
	{ "Uninit was ", " at:", NULL, NULL, false },
	{ "Local variable ", " created at:", NULL, NULL, false },
	{ "Use-after-free ", " at 0x", NULL, NULL, false },
	{ "Out-of-bounds ", " at 0x", NULL, NULL, false },
	{ "Corrupted memory at ", NULL, NULL, NULL, false },
	{ "Invalid read at 0x", NULL, NULL, NULL, false },
	{ "Invalid write at 0x", NULL, NULL, NULL, false },
	{ "Invalid free of ", NULL, NULL, NULL, false },
	{ "write", " bytes by ", "on cpu ", "by task ", false },
	{ "read", " bytes by ", "on cpu ", "by task ", false },
	{ "race at unknown origin", " bytes by ", "on cpu ", "by task ", false },
	{ "-> #", ":", NULL, NULL, false },
	{ "stack backtrace:", NULL, NULL, NULL, true },
	{ "... which became ", " at:", NULL, NULL, false },
	{ "{", " state was registered at:", NULL, NULL, false },
	{ "page last allocated via ", NULL, NULL, " pid ", false },
	{ "page last free ", NULL, NULL, " pid ", false },
	{ "Allocated in ", " age=", "cpu=", "pid=", false },
	{ "Freed in ", " age=", "cpu=", "pid=", false },
	{ "INFO: Allocated in ", " age=", "cpu=", "pid=", false },
	{ "INFO: Freed in ", " age=", "cpu=", "pid=", false },
	{ "rcu: RCU grace-period kthread stack dump:", NULL, NULL, NULL, true },
	{ "RCU grace-period kthread stack dump:", NULL, NULL, NULL, true },
	{ "rcu: Stack dump where RCU GP kthread last ran:", NULL, NULL, NULL, true },
	{ "Stack dump where RCU GP kthread last ran:", NULL, NULL, NULL, true },
	{ "Preemption disabled at:", NULL, NULL, NULL, false },
};

static bool is_empty(const struct kimg_oops_block *block)
{
	return !block->title && !block->has_pc && !block->frame_count && !block->register_count &&
	       !block->has_code && block->pid < 0;
}

struct kimg_oops_block *block_begin(struct report *report, const char *title)
{
	struct kimg_oops *oops = &report->oops;
	struct kimg_oops_block *last = oops->block_count ? &oops->blocks[oops->block_count - 1]
							 : NULL;

	report->in_trace = false;
	report->context = NULL;
	/* What has a heading alone takes the process; what is empty takes anything. */
	if (last && !title && !last->has_pc && !last->frame_count && !last->has_code)
		return last;
	if (!last || !is_empty(last))
		return report_open_block(report, title);
	last->title = title;
	return last;
}

static int64_t number_behind(struct span text, const char *words)
{
	uint64_t value;

	return words && text_skip_to(&text, words) && scan_decimal(&text, &value) ? (int64_t)value
										  : -1;
}

/* A heading without the colon that it ends in. */
static const char *title_of(struct report *report, struct span text)
{
	text = text_trim(text);
	if (text.n && text.p[text.n - 1] == ':')
		text.n--;
	return report_text(report, text);
}

static bool take_heading(struct report *report, struct span text)
{
	for (size_t i = 0; i < sizeof(headings) / sizeof(*headings); i++) {
		const struct heading *heading = &headings[i];
		struct kimg_oops_block *block;

		if (!text_starts(text, heading->words) ||
		    (heading->also && !text_has(text, heading->also)))
			continue;
		if (text_has(text, " skipped: "))
			return true;
		block = block_begin(report, title_of(report, text));
		if (!block)
			return true;
		block->cpu = number_behind(text, heading->cpu);
		block->pid = number_behind(text, heading->pid);
		report->in_trace = !heading->state;
		return true;
	}
	return false;
}

static void begin_task(struct report *report, struct span comm, int64_t pid)
{
	struct kimg_oops_block *block = block_begin(report, report_text(report, comm));

	if (!block)
		return;
	block->comm = block->title;
	block->pid = pid;
}

/* sched_show_task() of kernel/sched/core.c */
static bool take_task(struct report *report, struct span text)
{
	struct span comm;
	uint64_t pid;

	if (!scan_word(&text, "task:") || !text_until(&text, " state:", &comm))
		return false;
	text_skip_to(&text, " pid:");
	scan_blanks(&text);
	begin_task(report, text_trim(comm), scan_decimal(&text, &pid) ? (int64_t)pid : -1);
	return true;
}

/* The pid is the second number from the right, before the parent and the flags: "0   133      2 0x80004000". */
static bool scan_old_task(struct span text, uint64_t *ret_pid)
{
	uint64_t free, parent, flags;

	scan_blanks(&text);
	if (!scan_decimal(&text, &free))
		return false;
	scan_blanks(&text);
	if (!scan_decimal(&text, ret_pid))
		return false;
	scan_blanks(&text);
	if (!scan_decimal(&text, &parent))
		return false;
	scan_blanks(&text);
	return text.n == 0 || scan_hex(&text, &flags, NULL);
}

/* "%-15.15s %c" and the place, "%5lu %5d %6d 0x%08lx" */
static bool take_old_task(struct report *report, struct span text)
{
	struct span rest = span_from(text, 17), word;
	uint64_t pid;

	if (text.n < 30 || text.p[15] != ' ' || !strchr("RSDTtXZPIKWx?", text.p[16]) ||
	    (text.p[17] != ' '))
		return false;
	scan_blanks(&rest);
	if (!scan_old_task(rest, &pid)) {
		if (!scan_word(&rest, "running task")) {
			word = text_word(rest);
			rest = span_from(rest, word.n);
		}
		if (!scan_old_task(rest, &pid))
			return false;
	}
	begin_task(report, text_trim(span_clip(text, 0, 15)), pid);
	return true;
}

static bool shows_tasks(const struct report *report)
{
	return report->oops.kind == KIMG_OOPS_SYSRQ || report->oops.kind == KIMG_OOPS_HUNG_TASK ||
	       report->oops.kind == KIMG_OOPS_RCU_STALL;
}

bool headings_take(struct report *report, struct span text)
{
	struct span window = span_clip(text, 0, 256);

	return take_task(report, window) ||
	       (shows_tasks(report) && take_old_task(report, window)) ||
	       take_heading(report, window);
}
