/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KLOG_STATE_H
#define KLOG_STATE_H

#include "base/error.h"

/*
 * Where the last run came to in the kernel's log, in a file that stays mapped: each number is written by one
 * store, which outlives the process whatever ends it. Should the machine die the file may be old, and is of
 * another boot then, which counts for nothing.
 */
struct state {
	struct state_file *file; /* NULL: none */
};

/* KIMG_E_IO. What is no state, or of another boot, is made anew. */
struct kimg_error *state_open(struct state *state, const char *path,
			      const uint8_t boot_id[16]) must_check;
void state_close(struct state *state);

/* The number of the first record that was not handed on; false where nothing is known. */
bool state_next(const struct state *state, uint64_t *ret_next);

/* That of the first record of the oldest report that was not complete; at most the above. */
uint64_t state_settled(const struct state *state);

void state_set(struct state *state, uint64_t next, uint64_t settled);

/* /proc/sys/kernel/random/boot_id; zeros where it cannot be read. */
void read_boot_id(uint8_t ret_id[16]);

#endif
