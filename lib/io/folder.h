/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IO_FOLDER_H
#define IO_FOLDER_H

#include "base/error.h"
#include "io/outfile.h"

/*
 * A folder that files are written below, whatever stands in it already: no link on the way is followed,
 * and nothing outside is touched.
 */
struct folder {
	int fd;
	char *path; /* for messages */
};

/* Opens path, which may be a link; makes the last folder of it where there is none. */
struct kimg_error *folder_open(struct folder *folder, const char *path) must_check;

/*
 * Opens path below folder for writing; makes the folders on the way. path is relative, and its elements
 * are names: KIMG_E_INVALID where one is empty, "." or "..".
 */
struct kimg_error *folder_open_file(const struct folder *folder, const char *path,
				    struct outfile *ret_out) must_check;

/* Whether path below folder is a file that is the same as the one at input. */
bool folder_is(const struct folder *folder, const char *path, const char *input);

void folder_done(struct folder *folder);

#endif
