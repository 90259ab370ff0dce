/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INITRD_BELOW_H
#define INITRD_BELOW_H

#include <stdbool.h>

#include "base/error.h"
#include "base/span.h"

/*
 * A folder that a tree is written below. Paths are relative to it, and made of plain names; what stands on their way must
 * be folders, not links to such: what the system opens is never outside.
 */
struct below {
	int root;
	bool stepwise; /* the kernel has no openat2() */
	struct {
		const void *key;
		int fd;
	} open[8]; /* folders used last */
	unsigned int next;
};

/* Opens path, which may be a link itself; makes the last folder of it where there is none. */
struct kimg_error *below_open(struct below *below, const char *path) must_check;
void below_done(struct below *below);

/* A descriptor of the folder at path, to make things in; it stays open for a while, known by key. -1 with errno. */
int below_folder(struct below *below, const void *key, const char *path);

/* The folder of that key is another now, or none. */
void below_forget(struct below *below, const void *key);

/* Opens the folder at path for the caller, who closes it. -1 with errno. */
int below_open_folder(struct below *below, const char *path, int flags);

/* Writes a file of size bytes: data, then zeroes. Long runs of zeroes become holes. -1 with errno. */
int below_write(int fd, struct span data, uint64_t size);

#endif
