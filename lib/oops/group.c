/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which report a line belongs to. CPUs that crash together write line by line between each other:
 *
 *	[    4.291313] RCX: 0000000000000000 ...
 *	[    4.400891] BUG: kernel NULL pointer dereference, address: 0000000000000000
 *	[    4.291313] RDX: 0000000000000000 ...
 *
 * The caller's column tells it, where the kernel writes one (CONFIG_PRINTK_CALLER); else the numbers of CPUs and
 * tasks in the lines, times that are the same, and the order of the parts of a report do.
 */
#include "oops/group.h"

#include "oops/scan.h"

enum {
	MOST_LINES = 65536,
	MOST_BYTES = 8 << 20, /* of a report */
	MOST_FOREIGN = 24,
	MOST_FOREIGN_BEHIND_END = 8,
	MOST_OTHERS = 4096,
	MOST_TRIES = 4,
	LONGEST_PAUSE = 15000000, /* microseconds */
	LONGEST_PAUSE_BEHIND_END = 5000000,
	LARGEST_STEP_BACK = 5000000,
};

static const char gap_note[] = "the log goes on elsewhere before the report ends";

static void send_done(struct group *group)
{
	size_t n = 0;

	for (; n < group->count && group->open[n].done; n++) {
		struct report *report = group->open[n].report;

		report_finish(report);
		group->failed |= report->failed;
		report->oops.number = ++group->reports;
		group->report(group->context, &report->oops);
	}
	if (n == 0)
		return;
	group->count -= n;
	memmove(group->open, group->open + n, group->count * sizeof(*group->open));
	if (group->last)
		group->last = (size_t)(group->last - group->open) < n ? NULL : group->last - n;
}

/* "[ cut here ]" alone says nothing. */
static bool is_empty(const struct open_report *open)
{
	return open->cut && open->report->oops.line_count == 1;
}

static void drop(struct group *group, struct open_report *open)
{
	size_t i = open - group->open;

	kimg_oops_free(&open->report->oops);
	group->count--;
	memmove(open, open + 1, (group->count - i) * sizeof(*open));
	group->last = NULL;
}

/* True where the next one moved to its place. */
static bool close_one(struct group *group, struct open_report *open, const char *why)
{
	if (open->done)
		return false;
	if (is_empty(open)) {
		drop(group, open);
		return true;
	}
	judge(open, why);
	open->done = true;
	return false;
}

static void close_all(struct group *group, const char *why)
{
	for (size_t i = 0; i < group->count;)
		i += !close_one(group, &group->open[i], why);
	send_done(group);
}

/* Whether nothing of the report can follow any more, seen the record that comes. */
static bool is_over(const struct open_report *open, const struct log_record *record)
{
	uint64_t pause = open->ended ? LONGEST_PAUSE_BEHIND_END : LONGEST_PAUSE;

	if (open->foreign > (open->ended ? MOST_FOREIGN_BEHIND_END : MOST_FOREIGN) ||
	    open->others > MOST_OTHERS)
		return true;
	return open->has_time && record->has_time &&
	       (record->time > open->time + pause || record->time + LARGEST_STEP_BACK < open->time);
}

static void close_old(struct group *group, const struct log_record *record)
{
	bool changed = false;

	for (size_t i = 0; i < group->count;) {
		struct open_report *open = &group->open[i];
		bool over = !open->done && is_over(open, record);

		changed |= over;
		i += !over || !close_one(group, open, NULL);
	}
	if (changed)
		send_done(group);
}

/* "** 12 printk messages dropped **" (kernel/printk/printk.c); before 3.18 "[12 messages dropped]" did not exist. */
static bool is_dropped(struct span text)
{
	size_t at;

	return span_starts(text, SPAN_LITERAL("** ")) &&
	       span_find(span_clip(text, 0, 80), 0, SPAN_LITERAL(" messages dropped"), &at);
}

/* Behind "</TASK>" with no other stack open. */
static bool is_behind_stacks(const struct open_report *open)
{
	return open->part == PART_FRAME && open->had_stack && open->stacks <= 0;
}

/* Whether the report has had its end, so that the line can be of it only if it is of no other. */
static bool is_beyond(const struct open_report *open, enum part part)
{
	if (part == PART_AFTER)
		return false;
	/* A report of one task names it once, and once more in the panic that follows. */
	if (part == PART_CPU && open->named)
		return true;
	/* x86 repeats the registers of an oops behind the end mark, not those of a warning. */
	if (open->ended)
		return (!open->die && !open->weak) || part < PART_PC || part >= PART_TRACE;
	if (!is_behind_stacks(open) || part == PART_OTHER)
		return false;
	if (part == PART_MODULES || part == PART_REGISTERS + 8)
		return !open->die || (open->modules && part == PART_MODULES);
	return part != PART_END || (!open->die && !open->cut);
}

/* Reports that show several CPUs or tasks. */
static bool is_of_several(const struct open_report *open)
{
	switch (open->report->oops.kind) {
	case KIMG_OOPS_SYSRQ:
	case KIMG_OOPS_RCU_STALL:
	case KIMG_OOPS_SOFT_LOCKUP:
	case KIMG_OOPS_HARD_LOCKUP:
		return true;
	default:
		return open->backtraces;
	}
}

/* Whether the line can be of the report at all. */
static bool is_possible(const struct open_report *open, const struct log_record *record,
			const struct part_line *line)
{
	bool several = is_of_several(open);

	if (open->done)
		return false;
	/* Behind "[ cut here ]" comes what happened, after a text that may be any. */
	if (open->part == PART_CUT && line->part != PART_HEAD && line->part != PART_DIE &&
	    (line->part != PART_OTHER || open->foreign || open->others))
		return false;
	/* What may start a report does so where the open one has had its end. */
	if (line->is_start && line->start.weak && !several && is_beyond(open, line->part))
		return false;
	/* x86 writes these before the trace; what comes behind it is of a program that a signal ends. */
	if (is_behind_stacks(open) && line->part >= PART_PC && line->part < PART_TRACE &&
	    line->part != PART_REGISTERS + 8)
		return false;
	/* Without what the kernel puts before its lines it is another program's. */
	if (open->has_time && !record->has_time && record->level < 0)
		return false;
	if (open->caller_size && record->caller.n && !several &&
	    !span_equal(record->caller, span_of(open->caller, open->caller_size)))
		return false;
	if (line->cpu >= 0 && open->cpu >= 0 && line->cpu != open->cpu && !several)
		return false;
	return line->pid < 0 || open->pid < 0 || line->pid == open->pid || several;
}

enum { BY_CALLER = 10000, BY_TASK = 400, BEYOND = 200, BY_TIME = 60, BY_STEP = 8, BY_TURN = 4 };

/* How well the line goes on with the report. */
static int score(const struct group *group, const struct open_report *open,
		 const struct log_record *record, const struct part_line *line)
{
	int points = -(int)part_distance(open->part, line->part) * BY_STEP;

	bool beyond = is_beyond(open, line->part);

	if (beyond)
		points -= BEYOND;
	if (record->caller.n && open->caller_size &&
	    span_equal(record->caller, span_of(open->caller, open->caller_size)))
		points += BY_CALLER;
	if (!beyond && line->pid >= 0 && line->pid == open->pid)
		points += BY_TASK;
	if (record->has_time && open->has_time && record->time == open->time)
		points += BY_TIME;
	return points + (open == group->last ? BY_TURN : 0);
}

static bool has_begun_only(const struct open_report *open)
{
	return !open->body && !open->ended && !open->panic;
}

/* Messages that a "[ cut here ]" follows, and not the other way round. */
static bool precedes_cut(const struct open_report *open)
{
	switch (open->report->oops.kind) {
	case KIMG_OOPS_LIST_CORRUPTION:
	case KIMG_OOPS_BUG:
	case KIMG_OOPS_SLAB:
	case KIMG_OOPS_USERCOPY:
	case KIMG_OOPS_BAD_PAGE:
	case KIMG_OOPS_REFCOUNT: /* 4.13 to 4.20 */
		return !open->cut;
	default:
		return false;
	}
}

/* Whether a line that starts reports is one more of this one. */
/* Kernels before 4.20 write a warning's text behind its first line. */
static bool is_text_of_warning(enum kimg_oops_kind open, enum kimg_oops_kind kind)
{
	return open == KIMG_OOPS_WARNING &&
	       (kind == KIMG_OOPS_REFCOUNT || kind == KIMG_OOPS_LIST_CORRUPTION);
}

static bool joins(const struct group *group, const struct open_report *open,
		  const struct part_line *line)
{
	const struct line_start *start = &line->start;
	bool at_once = open == group->last && open->foreign == 0 && open->others == 0;
	enum kimg_oops_kind kind = open->report->oops.kind;

	if (start->opens)
		return false;
	if (start->cut)
		return at_once && has_begun_only(open) && precedes_cut(open);
	if (start->follows)
		return at_once || start->warned ||
		       (kind != KIMG_OOPS_WARNING && (open->body || open->die));
	if (!has_begun_only(open))
		return false;
	if (open->part == PART_CUT)
		return true;
	if (line->part == PART_DIE)
		return !open->die;
	if (start->renames)
		return !open->renamed;
	if (!at_once)
		return false;
	return kind == KIMG_OOPS_SYSRQ || is_text_of_warning(kind, start->kind) ||
	       (kind == KIMG_OOPS_MACHINE_CHECK && start->kind == KIMG_OOPS_MACHINE_CHECK) ||
	       (open->cut && !open->head);
}

struct choice {
	struct open_report *open;
	int score;
};

/* The best reports for the line, best first. */
static size_t choose(struct group *group, const struct log_record *record,
		     const struct part_line *line, struct choice choices[MOST_TRIES])
{
	bool start = line->is_start && !line->start.weak;
	size_t count = 0;

	for (size_t i = 0; i < group->count; i++) {
		struct open_report *open = &group->open[i];
		struct choice choice;
		size_t at;

		if (!is_possible(open, record, line) || (start && !joins(group, open, line)))
			continue;
		choice = (struct choice){ open, score(group, open, record, line) };
		for (at = count; at && choices[at - 1].score <= choice.score; at--)
			if (at < MOST_TRIES)
				choices[at] = choices[at - 1];
		if (at < MOST_TRIES)
			choices[at] = choice;
		count += count < MOST_TRIES;
	}
	return count;
}

/* One CPU writes many lines in the time that passes until another one comes to it again. */
static bool is_burst(const struct choice *choices, const struct log_record *record)
{
	const struct open_report *best = choices[0].open, *other = choices[1].open;

	return record->has_time && best->has_time && other->has_time &&
	       record->time >= best->time && record->time > other->time &&
	       record->time - best->time < (record->time - other->time) / 8;
}

/* Two reports that the line goes on with equally well, but for which had its turn last. */
static bool is_guess(const struct choice *choices, size_t count, const struct log_record *record)
{
	return count > 1 && choices[0].open->part != PART_CUT &&
	       choices[0].score - choices[1].score <= BY_TURN && choices[1].score >= -2 * BY_STEP &&
	       choices[0].score < BY_CALLER && !is_burst(choices, record);
}

static void note_start(struct open_report *open, const struct part_line *line)
{
	open->cut |= line->start.cut;
	open->renamed |= line->start.renames;
	open->panic |= line->start.kind == KIMG_OOPS_PANIC;
	if (line->start.kind == KIMG_OOPS_PANIC)
		open->named = false;
	open->die |= line->part == PART_DIE;
	open->head |= line->part == PART_HEAD;
}

static void note_part(struct open_report *open, const struct part_line *line)
{
	bool late = open->part == PART_FRAME || open->part == PART_LATE;

	open->code_last = line->part == PART_CODE && late;
	if (line->part == PART_OTHER)
		return;
	if (late && (line->part == PART_MODULES || line->part == PART_REGISTERS + 8))
		open->part = PART_LATE;
	else if (line->part != PART_AFTER || !open->ended)
		open->part = line->part;
	open->ended |= line->part == PART_END;
	open->modules |= line->part == PART_MODULES;
	open->named |= line->part == PART_CPU;
	open->body |= line->part >= PART_MODULES;
}

/* What the line that the report took tells about it. */
static void note_line(struct group *group, struct open_report *open,
		      const struct log_record *record, const struct part_line *line)
{
	if (line->is_start && !line->start.weak)
		note_start(open, line);
	note_part(open, line);
	if (line->cpu >= 0)
		open->cpu = line->cpu;
	if (line->pid >= 0)
		open->pid = line->pid;
	open->backtraces |= line->backtrace;
	open->stacks += line->opens;
	open->had_stack |= line->opens != 0;
	open->damaged |= record->damaged;
	if (record->has_time) {
		open->has_time = true;
		open->time = record->time;
	}
	if (record->caller.n && record->caller.n <= sizeof(open->caller)) {
		memcpy(open->caller, record->caller.p, record->caller.n);
		open->caller_size = record->caller.n;
	}
	if (record->note)
		report_note(open->report, "%s", record->note);
	for (size_t i = 0; i < group->count; i++)
		group->open[i].others++;
	open->foreign = open->others = 0;
	group->last = open;
}

/* The line as one of the report's, where that knows it, or where its form alone shows that it is of one. */
static enum line_fit try_report(struct open_report *open, const struct log_record *record,
				const struct part_line *line)
{
	struct report *report = open->report;
	const char *context = report->context;
	bool in_trace = report->in_trace;
	size_t lines = report->oops.line_count;
	enum line_fit fit;

	report_add_line(report, record->text, record->number, record->offset);
	open->bytes += record->text.n;
	fit = report_take(report, record->text);
	if (fit == LINE_FOREIGN &&
	    (line->is_start || (line->part != PART_OTHER && line->part != PART_ANY_REGISTERS)))
		fit = LINE_BODY;
	if (fit == LINE_FOREIGN && report->oops.line_count > lines) {
		report->oops.line_count = lines;
		report->line = lines ? lines - 1 : 0;
		report->in_trace = in_trace;
		report->context = context;
	}
	return fit;
}

static bool is_full(const struct group *group, const struct open_report *open)
{
	uint64_t most = group->limits.memory / MOST_REPORTS;

	return open->report->oops.line_count >= MOST_LINES || open->bytes > MOST_BYTES ||
	       open->bytes > most;
}

/* Behind a line that the report took. */
static void end_line(struct group *group, struct open_report *open, enum line_fit fit)
{
	group->failed |= open->report->failed;
	if (fit == LINE_LAST)
		close_one(group, open, NULL);
	else if (is_full(group, open))
		close_one(group, open, "the report is too long: what follows is left out");
	else
		return;
	send_done(group);
}

static bool offer(struct group *group, const struct log_record *record,
		  const struct part_line *line)
{
	struct choice choices[MOST_TRIES];
	size_t count = choose(group, record, line, choices);

	for (size_t i = 0; i < count; i++) {
		enum line_fit fit = try_report(choices[i].open, record, line);

		if (fit == LINE_FOREIGN)
			continue;
		if (i == 0 && is_guess(choices, count, record))
			choices[0].open->mixed = choices[1].open->mixed = true;
		note_line(group, choices[i].open, record, line);
		end_line(group, choices[i].open, fit);
		return true;
	}
	return false;
}

/* The oldest one has to go where there are too many. */
static void make_room(struct group *group)
{
	if (group->count < MOST_REPORTS)
		return;
	close_one(group, group->open, "too many reports go on at once");
	send_done(group);
}

/* What the kernel writes under a lock, or from one thread: the one before it has ended. */
static bool is_serial(enum kimg_oops_kind kind)
{
	return kind == KIMG_OOPS_SYSRQ || kind == KIMG_OOPS_OUT_OF_MEMORY ||
	       kind == KIMG_OOPS_HUNG_TASK || kind == KIMG_OOPS_RCU_STALL ||
	       kind == KIMG_OOPS_LOCKDEP;
}

static void close_kind(struct group *group, enum kimg_oops_kind kind)
{
	for (size_t i = 0; i < group->count; i++)
		if (group->open[i].report->oops.kind == kind)
			close_one(group, &group->open[i], NULL);
	send_done(group);
}

static void open_one(struct group *group, const struct log_record *record,
		     const struct part_line *line)
{
	struct open_report *open;
	struct report *report = report_new();

	if (line->start.opens && is_serial(line->start.kind))
		close_kind(group, line->start.kind);
	make_room(group);
	if (!report) {
		group->failed = true;
		return;
	}
	report->oops.has_time = record->has_time;
	report->oops.time = record->time;
	open = &group->open[group->count++];
	*open = (struct open_report){ .report = report, .cpu = -1, .pid = -1, .part = line->part };
	open->weak = line->part == PART_MODULES || line->part == PART_PC;
	report_add_line(report, record->text, record->number, record->offset);
	open->bytes = record->text.n;
	report_take(report, record->text);
	note_line(group, open, record, line);
	end_line(group, open, LINE_BODY);
}

void group_take(struct group *group, const struct log_record *record)
{
	struct part_line line;

	if (record->gap && group->count)
		close_all(group, gap_note);
	line.is_start = line_start(record->text, &line.start);
	if (!group->count && !line.is_start)
		return;
	close_old(group, record);
	part_of(record->text, &line);
	if (is_dropped(record->text)) {
		for (size_t i = 0; i < group->count; i++)
			group->open[i].dropped = true;
		return;
	}
	if (offer(group, record, &line))
		return;
	if (line.is_start) {
		open_one(group, record, &line);
		return;
	}
	for (size_t i = 0; i < group->count; i++)
		group->open[i].foreign++;
}

void group_flush(struct group *group)
{
	close_all(group, NULL);
}

uint64_t group_first_line(const struct group *group)
{
	const struct kimg_oops *oops = group->count ? &group->open[0].report->oops : NULL;

	return oops && oops->line_count ? oops->lines[0].number : 0;
}

void group_done(struct group *group)
{
	for (size_t i = 0; i < group->count; i++)
		kimg_oops_free(&group->open[i].report->oops);
}
