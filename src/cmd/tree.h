/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_TREE_H
#define CMD_TREE_H

#include "kimg/part.h"
#include "out/out.h"

/* How a part tree is shown: for info, and for what else prints parts. */
struct tree {
	struct out *out;
	bool verbose;
	unsigned int level;
	int offset_width, size_width; /* columns */
};

/* The members of the object of a part, and its line, with all below it. */
void tree_part(struct tree *tree, const struct kimg_part *part);

#endif
