/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KIMG_KERNEL_H
#define KIMG_KERNEL_H

#include "kimg/error.h"
#include "kimg/image.h"

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

/*
 * Looks into the innermost kernel of image and adds what it finds to that part: the fields banner,
 * release, builder, compiler, version, build_id, config, initramfs, btf and cmdline, and views of the parts "config"
 * (its codec is gzip), "initramfs" and "btf", which kimg_part_bytes() can then give. What the kernel
 * does not hold is absent.
 *
 * depth KIMG_HEADERS: decodes nothing; where the kernel is compressed, or reading it whole would be
 * needed, the fields are KIMG_FIELD_UNCHECKED, on the part that leads to the kernel.
 *
 * *ret_part (may be NULL) is the part that got the fields. Errors: those of kimg_image_kernel().
 */
struct kimg_error *kimg_kernel_examine(struct kimg_image *image, enum kimg_depth depth,
				       const struct kimg_part **ret_part);

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop
#endif
