/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_PARTS_H
#define CMD_PARTS_H

#include "base/escape.h"
#include "kimg/image.h"

/*
 * Calls visit for each part that is worth a file of its own, with its path as kimg_image_find() takes
 * it; all: for really every part. Decodes what it must to get there. Returns the worst result of visit.
 * pass (or NULL) is called for the parts that are not.
 */
int parts_visit(struct kimg_image *image, bool all,
		int (*visit)(const struct kimg_part *part, const char *path, void *context),
		void (*pass)(const struct kimg_part *part, void *context), void *context);

/*
 * The relative path of the file for part: folders for what it lies in. Since a part that holds others is
 * a file as well, its folder has ".d" at the end of its name. The caller frees it; NULL: no memory.
 */
char *part_file_path(const struct kimg_part *part);

#endif
