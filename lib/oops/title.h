/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OOPS_TITLE_H
#define OOPS_TITLE_H

#include "oops/report.h"

/* A function of a trace, without what compilers add to names. */
struct title_function {
	struct span name;
	const char *module; /* NULL: the kernel itself */
};

enum { TITLE_FUNCTIONS = 5 };

/*
 * title_function.c: the functions that tell one fault from another, innermost first: of the first stack that has any,
 * without those that report, check, lock, copy or schedule on behalf of others, and without the entry from user
 * space. How many there are, at most most.
 */
size_t title_functions(const struct report *report, struct title_function *functions, size_t most);

/* title_function.c: whether title_functions() would leave it out. */
bool title_is_helper(struct span name);

/* title_function.c: "name.isra.0" is "name". */
struct span title_normal(const char *symbol);

/* title.c: what happened, without the function: "KASAN: slab-use-after-free Read". NULL where memory is short. */
const char *title_what(struct report *report);

/* title.c: sets the title. what: of title_what(). */
void title_make(struct report *report, const char *what);

/* signature.c: sets the signature. */
void signature_make(struct report *report, const char *what);

#endif
