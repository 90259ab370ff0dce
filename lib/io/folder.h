/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IO_FOLDER_H
#define IO_FOLDER_H

#include <sys/stat.h>

#include "base/error.h"
#include "io/outfile.h"

/*
 * A folder that files are written below, whatever stands in it already: no link on the way is followed,
 * and nothing outside is touched.
 */
struct folder {
	int fd;
	char *path;    /* for messages */
	void *written; /* a tree of what folder_commit() put there */
};

/* Opens path, which may be a link; makes the last folder of it where there is none. */
struct kimg_error *folder_open(struct folder *folder, const char *path) must_check;

/*
 * Opens path below folder for writing; makes the folders on the way. path is relative, and its elements
 * are names: KIMG_E_INVALID where one is empty, "." or "..".
 */
struct kimg_error *folder_open_file(const struct folder *folder, const char *path,
				    struct outfile *ret_out) must_check;

/* Whether path below folder is the same file as that of input. */
bool folder_is(const struct folder *folder, const char *path, const struct stat *input);

/*
 * Puts out, which folder_open_file() opened for path, in its place. owner is what its bytes are of:
 * KIMG_E_AMBIGUOUS where the bytes of another owner were put there before, as happens to names that a file
 * system without case takes for one.
 */
struct kimg_error *folder_commit(struct folder *folder, const char *path, const void *owner,
				 struct outfile *out) must_check;

void folder_done(struct folder *folder);

#endif
