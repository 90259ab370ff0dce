/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IO_OUTFILE_H
#define IO_OUTFILE_H

#include "base/error.h"
#include "base/span.h"

/*
 * A file that appears whole or not at all: bytes go to a temporary file in the same folder, and
 * outfile_commit() syncs and renames it. outfile_done() without a commit leaves nothing behind. The
 * path "-" is standard output, and a device or pipe is written to as it is.
 */
struct outfile {
	int fd;
	int folder; /* what temporary and name count from */
	char *path; /* for messages */
	char *name;
	char *temporary; /* NULL where bytes go straight to their place */
};

#define OUTFILE_NONE ((struct outfile){ .fd = -1 })

struct kimg_error *outfile_open(struct outfile *out, const char *path) must_check;

/*
 * The same for a name inside an open folder; takes over its descriptor. Nothing that
 * stands at name is followed or opened: a link or device there is replaced, not what it leads to. path is
 * for messages.
 */
struct kimg_error *outfile_open_at(struct outfile *out, int folder, const char *name,
				   const char *path) must_check;
struct kimg_error *outfile_write(struct outfile *out, struct span bytes) must_check;
struct kimg_error *outfile_commit(struct outfile *out) must_check;
void outfile_done(struct outfile *out);

/*
 * Whether path, as outfile_open() takes it, is the regular file that input is ("-": standard input): what is
 * mapped must not be replaced by what is made of it.
 */
bool outfile_is(const char *path, const char *input);

#define cleanup_outfile cleanup(outfile_done)

/* Writes all of bytes to a descriptor; name is for messages. */
struct kimg_error *write_all(int fd, struct span bytes, const char *name) must_check;

#endif
