/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EARLY_RUN_H
#define EARLY_RUN_H

#include <stdbool.h>
#include <stddef.h>

/* Programs of the image. */

struct run {
	const char *const *argv; /* ended by NULL; argv[0] is the path */
	const char *input;       /* what it reads from its standard input; NULL for the console */
	size_t n_input;
	char *output; /* if not NULL: what it prints, ended by '\0', as much as there is room for */
	size_t output_room;
	bool silent; /* what it prints goes nowhere */
};

bool run_have(const char *path);

/* Runs it to its end. Its exit status; 128 and the signal that ended it; -1 where it cannot be started. */
int run(const struct run *run);

/* The same for a program with arguments and nothing else. */
int run_plain(const char *const *argv);

/* Runs all programs of a folder in the order of their names. */
void run_hooks(const char *folder);

#endif
