/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OOPS_REPORT_H
#define OOPS_REPORT_H

#include "base/arena.h"
#include "base/span.h"
#include "kimg/oops.h"

/* What lines told that the report has no place for, for later lines and the title. */
struct report_told {
	const char *function; /* that the message names */
	const char *module;
	const char *access; /* "Read", "Write" */
	bool modules_open;  /* the list of modules may go on */
	bool modules_done;
	bool lock_follows;      /* the lock that a message of lockdep is about, on the next line */
	unsigned int cut_lines; /* since "cut here", while the message did not come */
	unsigned int rank;      /* how much the message tells */
};

/* report.c: a report while it is taken from the log. What cannot be kept for want of memory sets failed. */
struct report {
	struct kimg_oops oops; /* first, so that kimg_oops_free() finds the rest */
	struct arena arena;
	bool failed;
	uint32_t line;       /* index of the line that is being taken */
	const char *context; /* of the frames that follow: "IRQ" */
	bool in_trace;       /* lines of a trace follow */
	struct report_told told;
	bool ended;           /* the end mark was seen: what follows is repeated */
	unsigned int follows; /* what lines go on with: each architecture has its numbers */
	bool has_esr;         /* arm64 tells it before the state that it belongs to */
	uint64_t esr;
	uint32_t esr_line;
	/* room in the arrays, as arrays of the report are grown by doubling */
	size_t line_room, module_room, block_room, note_room;
	struct report_block_room {
		size_t frames, registers;
	} * rooms; /* one for each block */
};

/* NULL where memory is short. */
struct report *report_new(void);

/* Text of the log as a string of the report: NULs become blanks. NULL, and failed, where memory is short. */
const char *report_text(struct report *report, struct span text);

const char *report_format(struct report *report, const char *format, ...) printf_like(2, 3);

/* Adds a line and makes it the current one. */
void report_add_line(struct report *report, struct span text, uint64_t number, uint64_t offset);

/* Something that readers of the report should know. */
void report_note(struct report *report, const char *format, ...) printf_like(2, 3);

/* A new block, which becomes the current one. title: may be NULL. NULL where memory is short. */
struct kimg_oops_block *report_open_block(struct report *report, const char *title);

/* The current block; a new one where there is none. NULL where memory is short. The next block moves it. */
struct kimg_oops_block *report_block(struct report *report);

/* These add to the current block; line and, for frames, context are filled in. */
void report_add_frame(struct report *report, const struct kimg_oops_frame *frame);
/* At that place of the frames of any block. False where memory is short. */
bool report_insert_frame(struct report *report, struct kimg_oops_block *block, size_t place,
			 const struct kimg_oops_frame *frame);
void report_add_register(struct report *report, struct span name, uint64_t value,
			 unsigned int bits);
void report_set_pc(struct report *report, const struct kimg_oops_frame *frame);
void report_set_link(struct report *report, const struct kimg_oops_frame *frame);

void report_add_module(struct report *report, const struct kimg_oops_module *module);

#endif
