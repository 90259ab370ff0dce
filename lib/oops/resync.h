/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OOPS_RESYNC_H
#define OOPS_RESYNC_H

#include "base/span.h"
#include "kimg/disasm.h"

/* resync.c: where instructions start in bytes that begin anywhere. */
struct resync {
	struct kimg_disasm *disasm;
	unsigned int unit; /* instructions start at multiples of so many bytes: 1, 2, 4 */
	struct span bytes;
	size_t trap;    /* where one is known to start */
	bool has_start; /* one is likely to start there too: the first of the function */
	size_t start;
};

/* The smallest unit of instructions of that architecture. */
unsigned int resync_unit(const struct kimg_disasm_options *options);

/* The first offset from which on instructions are sure, up to the trap; the trap itself where none are. */
size_t resync_first(const struct resync *resync);

#endif
