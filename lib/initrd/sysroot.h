/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INITRD_SYSROOT_H
#define INITRD_SYSROOT_H

#include <limits.h>

#include "initrd/content.h"

/*
 * The system that an image is made of: this machine's, or one below a folder, whose links lead nowhere outside. Paths
 * are those of that system; with or without a "/" at their start.
 */

/*
 * Follows all links of path. True where it is a regular file that can be read or a folder, and ret is its path without links
 * and without a '/' at its start.
 */
bool sysroot_follow(const char *sysroot, const char *path, char ret[PATH_MAX]);

/*
 * Puts a file of the system in, with the links on the way as they are. model gives why, because and the rest; its path
 * is where the file shall be, or NULL: where it is. KIMG_E_NOT_FOUND.
 */
struct kimg_error *sysroot_add(const char *sysroot, struct content *content, const char *path,
			       const struct content_node *model,
			       const struct content_node **ret) must_check;

#endif
