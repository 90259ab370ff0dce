/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OOPS_LOG_H
#define OOPS_LOG_H

#include "base/error.h"
#include "base/span.h"

/* log.c: lines of any log, without what those that handed them on put before them. */

/* One line of a message of the kernel. */
struct log_record {
	struct span text; /* lives until the next line */
	uint64_t number; /* of the line in the log, from 1 on; several records may have come from one line */
	uint64_t offset; /* of its first byte in the log */
	bool has_time;
	uint64_t time;      /* since boot, in microseconds */
	struct span caller; /* "T22", "C0" (CONFIG_PRINTK_CALLER); empty: not told */
	int level;          /* 0 to 7; -1: not told */
	bool damaged;       /* bytes were left out, or do not belong to a line of text */
};

struct log {
	void (*record)(void *context, const struct log_record *record);
	void *context;
};

/* A line of the log, without its newline. Calls log->record for what it holds, in order. */
struct kimg_error *log_line(struct log *log, struct span line, uint64_t number,
			    uint64_t offset) must_check;

void log_done(struct log *log);

#endif
