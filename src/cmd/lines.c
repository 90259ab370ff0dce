/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of standard input. */
#include "cmd/lines.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

enum { READ_SIZE = 64 << 10, LONGEST_LINE = 1 << 20 };

/* Room for READ_SIZE bytes behind what there is. */
static struct kimg_error *make_room(struct lines *lines)
{
	size_t held = lines->end - lines->start, size;
	char *larger;

	if (lines->start) {
		memmove(lines->p, lines->p + lines->start, held);
		lines->start = 0;
		lines->end = held;
	}
	if (lines->size - held >= READ_SIZE)
		return NULL;
	if (held > LONGEST_LINE)
		return error_new(KIMG_E_LIMIT, "standard input: a line of more than %d bytes",
				 LONGEST_LINE);
	size = 2 * held + READ_SIZE;
	larger = realloc(lines->p, size);
	if (!larger)
		return error_nomem();
	lines->p = larger;
	lines->size = size;
	return NULL;
}

static bool is_waiting(int fd)
{
	struct pollfd waited = { .fd = fd, .events = POLLIN };

	return poll(&waited, 1, 0) == 0;
}

static struct kimg_error *read_more(struct lines *lines, void (*before_wait)(void *context),
				    void *context)
{
	ssize_t n;

	TRY(make_room(lines));
	if (is_waiting(lines->fd))
		before_wait(context);
	do {
		n = read(lines->fd, lines->p + lines->end, READ_SIZE);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return error_system(errno, "standard input");
	lines->end += n;
	lines->ended = n == 0;
	return NULL;
}

struct kimg_error *lines_next(struct lines *lines, void (*before_wait)(void *context),
			      void *context, struct span *ret_line, bool *ret_more)
{
	size_t searched = 0; /* without a newline */

	for (;;) {
		size_t held = lines->end - lines->start;
		const char *start = lines->p + lines->start;
		const char *newline =
			held > searched ? memchr(start + searched, '\n', held - searched) : NULL;

		*ret_more = newline || (lines->ended && held);
		if (*ret_more) {
			*ret_line = span_of(start, newline ? (size_t)(newline - start) : held);
			lines->start += ret_line->n + (newline != NULL);
			return NULL;
		}
		if (lines->ended)
			return NULL;
		searched = held;
		TRY(read_more(lines, before_wait, context));
	}
}

void lines_done(struct lines *lines)
{
	free(lines->p);
}
