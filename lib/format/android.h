/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FORMAT_ANDROID_H
#define FORMAT_ANDROID_H

#include "format/part.h"

/* What Android's boot and vendor_boot images share. */

/* The parts follow one another, each on a page of its own. */
struct android_layout {
	struct kimg_part *part;
	uint64_t page;
	uint64_t at; /* where the next part starts */
};

/* Takes the place of size bytes at the next page: returns its offset. */
uint64_t android_take(struct android_layout *layout, uint64_t size);

/* Adds the next part, compressed or a format of its own; NULL where size is 0. */
struct kimg_part *android_add(struct android_layout *layout, enum kimg_part_kind kind,
			      const char *name, uint64_t size);

/* The same for bytes that are no format. */
struct kimg_part *android_add_plain(struct android_layout *layout, enum kimg_part_kind kind,
				    const char *name, uint64_t size);

/* Makes the field; false, noted, where nothing can be found with pages of that size. */
bool android_show_page_size(struct kimg_part *header, uint32_t page);

/* Notes where the header says that it is not as long as its version's. */
void android_show_header_size(struct kimg_part *header, uint32_t said, uint32_t size);

/* Adds the Android Verified Boot metadata that the footer at the end of part points to, where it has one. */
void android_add_avb(struct kimg_part *part);

#endif
