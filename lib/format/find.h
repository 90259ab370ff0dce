/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FORMAT_FIND_H
#define FORMAT_FIND_H

#include "base/error.h"
#include "kimg/image.h"

/*
 * As kimg_image_kernel(), but expands nothing: the innermost part that is known yet to be the kernel or
 * to hold it. KIMG_E_NOT_FOUND where there is none.
 */
struct kimg_error *image_visible_kernel(struct kimg_image *image,
					const struct kimg_part **ret_part) must_check;

#endif
