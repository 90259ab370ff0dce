/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FORMAT_FIT_H
#define FORMAT_FIT_H

#include "format/dtree.h"

/*
 * Makes fields of the hash, signature and cipher nodes below node, that of an image or a configuration:
 * "hash-1-algo", "hash-1-value", and "hash-1", which waits for fit_verify(). Returns whether the
 * image is encrypted.
 */
bool fit_show_checks(struct kimg_part *part, const struct dtree *tree,
		     const struct dtree_node *node);

/* Checks the hashes that the fields of the children of part tell. */
struct kimg_error *fit_verify(struct kimg_part *part);

#endif
