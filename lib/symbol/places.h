/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYMBOL_PLACES_H
#define SYMBOL_PLACES_H

#include "base/span.h"

/*
 * Where maps, vmlinux files and images of a kernel stand, below a root, with %s for its release. What is quick to read,
 * or has source lines, comes first. Each list ends in NULL.
 */
extern const char *const map_places[];
extern const char *const vmlinux_places[];
extern const char *const image_places[];

/* Those that do not tell by their names which kernel they are of, where klogd and ps looked. */
extern const char *const unnamed_places[];

/* Whether name can be one element of a path: a release, or the name of a module, that a stranger wrote may be none. */
bool is_file_name(struct span name);

/* The path of a place below root, which the caller frees; NULL where there is no memory. */
char *place_path(const char *root, const char *place, const char *release);

#endif
