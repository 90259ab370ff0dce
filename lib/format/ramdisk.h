/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FORMAT_RAMDISK_H
#define FORMAT_RAMDISK_H

#include "format/part.h"

/*
 * What the file systems that serve as old ramdisks share: part is the one, of size bytes by its superblock,
 * which stands at offset and has length bytes. Makes part an initrd, adds the superblock and what is behind
 * it as tiles, and returns the superblock, for its fields.
 */
struct kimg_part *ramdisk_add(struct kimg_part *part, uint64_t size, uint64_t offset,
			      uint64_t length);

#endif
