/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_OOPS_ITEMS_H
#define CMD_OOPS_ITEMS_H

#include "kimg/oops.h"
#include "out/out.h"

/* What stands under the lines of a report in an annotated log. */

enum oops_item_type {
	OOPS_ITEM_FRAME,
	OOPS_ITEM_REGISTER,
	OOPS_ITEM_CODE,
	OOPS_ITEM_TAINT,
};

struct oops_item {
	uint32_t line;  /* index into the lines of the report */
	uint32_t place; /* among the items of the line */
	enum oops_item_type type;
	const struct kimg_oops_block *block;
	union {
		const struct kimg_oops_frame *frame;
		const struct kimg_oops_register *reg;
	};
};

struct oops_items {
	struct oops_item *all; /* by line; to be freed */
	size_t count;
};

/* oops_items.c. False where memory is short. */
bool oops_items_of(const struct kimg_oops *oops, struct oops_items *ret_items);

/* oops_notes.c: each on lines of its own, behind a bar in that column. */
void oops_show_heading(struct out *out, const struct kimg_oops *oops, unsigned int bar);
void oops_show_item(struct out *out, const struct kimg_oops *oops, const struct oops_item *item,
		    unsigned int bar);
void oops_show_end(struct out *out, const struct kimg_oops *oops, unsigned int bar);

#endif
