/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EARLY_CMDLINE_H
#define EARLY_CMDLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The command line of the kernel, as its parser reads it (lib/cmdline.c, next_arg, and kernel/params.c):
 *
 *	root=/dev/vda1 rootflags="a b" "panic=5" quiet -- what follows is init's own
 *
 * Blanks part words but within "", '=' ends a name, and in names '-' and '_' are the same.
 */

struct cmdline_word {
	const char *name;
	const char *value; /* NULL where there is no '=' */
};

struct cmdline {
	struct cmdline_word *words;
	size_t n;
};

/* Takes over the text, which must stay as long as the words are used, and puts its words behind those there. */
void cmdline_add(struct cmdline *line, char *text);
void cmdline_done(struct cmdline *line);

/* The value of the last word of that name; "" where it has none, NULL where there is no such word. */
const char *cmdline_get(const struct cmdline *line, const char *name);

/* The value of the first such word from *at on, which is moved behind it; NULL where there is none. */
const char *cmdline_next(const struct cmdline *line, const char *name, size_t *at);

/* Whether name stands there, and not with one of the values that mean no: 0, no, off, false. */
bool cmdline_flag(const struct cmdline *line, const char *name, bool fallback);

uint64_t cmdline_number(const struct cmdline *line, const char *name, uint64_t fallback);

/* Whether one of the words of that name holds it in its list, whose pieces are parted by ','. */
bool cmdline_lists(const struct cmdline *line, const char *name, const char *piece);

/* Two names, or the beginnings of them, are the same but for '-' and '_'. */
bool cmdline_same_name(const char *a, const char *b, size_t n);

#endif
