/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FORMAT_UBOOT_H
#define FORMAT_UBOOT_H

#include "format/part.h"

/* What U-Boot's two image formats, uImage and FIT, share. */

/*
 * Adds the bytes of one image, which are compressed as compression says ("none", "gzip", ..., as mkimage
 * spells them; NULL: not told). Where their magic says otherwise, the magic is believed and the
 * contradiction noted. What is not compressed is nested.
 */
struct kimg_part *uboot_add_image(struct kimg_part *parent, enum kimg_part_kind kind,
				  const char *name, uint64_t offset, uint64_t size,
				  const char *compression);

#endif
