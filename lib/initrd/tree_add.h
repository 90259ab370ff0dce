/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INITRD_TREE_ADD_H
#define INITRD_TREE_ADD_H

#include "initrd/content.h"

/*
 * Puts all that is in a folder of this machine below path of the image ("" for its root); with its modes. model gives
 * why and the rest. special: with setuid bits and the like. Sockets stay out.
 */
struct kimg_error *tree_add(struct content *content, const char *folder, const char *path,
			    const struct content_node *model, bool special) must_check;

#endif
