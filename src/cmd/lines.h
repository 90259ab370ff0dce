/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_LINES_H
#define CMD_LINES_H

#include "base/error.h"
#include "base/span.h"

/* lines.c: the lines of a file or pipe, as they come. Zero-initialise but for fd. */
struct lines {
	int fd;
	char *p;
	size_t size;
	size_t start; /* of what was not handed out yet */
	size_t end;
	bool ended;
};

/*
 * The next line without its newline, which lives until the next call; *ret_line is unset and *ret_more false
 * at the end. before_wait is called when nothing is there to be read yet: for what was said so far to be seen.
 */
struct kimg_error *lines_next(struct lines *lines, void (*before_wait)(void *context),
			      void *context, struct span *ret_line, bool *ret_more) must_check;

void lines_done(struct lines *lines);

#define cleanup_lines cleanup(lines_done)

#endif
