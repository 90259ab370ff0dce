/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OOPS_GROUP_H
#define OOPS_GROUP_H

#include "oops/log.h"
#include "oops/part.h"

/* Which report a line belongs to. */

enum { MOST_REPORTS = 64 };

/* A report that goes on, or that waits until those that began before it are done. */
struct open_report {
	struct report *report;
	bool done;
	enum part part; /* of the line it took last */
	bool has_time;
	uint64_t time; /* of that line */
	char caller[32];
	size_t caller_size;
	int64_t cpu, pid;
	unsigned int foreign; /* lines since then that no report took */
	unsigned int others;  /* lines since then that other reports took */
	size_t bytes;
	int stacks; /* "<TASK>" without "</TASK>" */
	bool had_stack;
	bool cut, head, die, renamed, panic, body, ended, backtraces, modules, named;
	bool code_last; /* behind a trace: where reports of old kernels end */
	bool weak;      /* began in its middle */
	bool damaged, mixed, dropped;
};

struct group {
	struct kimg_limits limits;
	void (*report)(void *context, struct kimg_oops *oops);
	void *context;
	struct open_report open[MOST_REPORTS]; /* in the order of their first lines */
	size_t count;
	uint64_t reports;
	struct open_report *last; /* the one that took a line last; NULL: none */
	bool failed;
};

void group_take(struct group *group, const struct log_record *record);

/* The end of the log: what is open goes out. */
void group_flush(struct group *group);

/* The number of the first line of those that did not go out yet; 0: none. */
uint64_t group_first_line(const struct group *group);

void group_done(struct group *group);

/* judge.c: whether the report is whole, in its notes. why: what ended it early; NULL: nothing. */
void judge(struct open_report *open, const char *why);

#endif
