/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OOPS_LOG_H
#define OOPS_LOG_H

#include "base/buf.h"
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
	bool gap;           /* does not follow on the record before: another part of a dump */
	const char *note;   /* what readers of a report with this line should know; NULL: nothing */
};

/* An entry of the journal in its export format, while its fields come in. */
struct log_entry {
	bool open;
	bool binary;      /* the value of a field comes: 8 bytes of size, the value, a newline */
	bool message;     /* that field is MESSAGE */
	struct buf value; /* what came of it */
	struct buf text;  /* MESSAGE */
	bool has_text;
	bool too_long; /* MESSAGE is longer than what is kept */
	bool kernel;   /* _TRANSPORT=kernel */
	struct log_record record;
};

struct log {
	void (*record)(void *context, const struct log_record *record);
	void *context;
	struct buf clean;     /* the line without control bytes */
	struct buf unescaped; /* the text of a record */
	struct buf json;      /* the same of a JSON object; other values of it */
	struct buf json_value;
	bool json_has_time; /* what dmesg --json told of the message whose text comes */
	uint64_t json_time;
	int json_level;
	struct buf soft; /* mail: lines that "=" joins */
	uint64_t soft_number, soft_offset;
	bool quoted_printable; /* a header of the mail said so */
	bool kmsg;             /* the line before was a record of /dev/kmsg */
	uint64_t part;         /* of a pstore dump; 0: none */
	bool gap;              /* the next record does not follow on the one before */
	const char *note;      /* for the records that follow */
	char host[64];         /* journalctl -o short-monotonic: of the messages so far */
	struct log_entry entry;
};

/*
 * A line of the log, without its newline. Calls log->record for what it holds, in order. cut: only the beginning of a
 * line that is too long. KIMG_E_NOMEM.
 */
struct kimg_error *log_line(struct log *log, struct span line, uint64_t number, uint64_t offset,
			    bool cut) must_check;

/* The end of the log: gives what was held back until more came. KIMG_E_NOMEM. */
struct kimg_error *log_flush(struct log *log) must_check;

/* The number of the first line that is held back; 0: none. */
uint64_t log_held(const struct log *log);

void log_done(struct log *log);

#endif
