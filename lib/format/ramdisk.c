/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "format/ramdisk.h"

struct kimg_part *ramdisk_add(struct kimg_part *part, uint64_t size, uint64_t offset,
			      uint64_t length)
{
	struct kimg_part *super = part_add(part, KIMG_PART_HEADER, "superblock", offset, length);

	if (part->kind == KIMG_PART_CONTAINER)
		part->kind = KIMG_PART_INITRD;
	if (size > offset + length)
		part_add(part, KIMG_PART_DATA, "blocks", offset + length, size - offset - length);
	else
		note_bad(super, "the size, %ju bytes, is less than the superblock's end",
			 (uintmax_t)size);
	return super;
}
