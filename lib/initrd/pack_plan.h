/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INITRD_PACK_PLAN_H
#define INITRD_PACK_PLAN_H

#include "initrd/pack.h"

/* Where each entry goes; pack_plan.c makes it, pack.c follows it. */

/* One entry of an archive. */
struct pack_item {
	const struct content_node *node; /* NULL: the trailer */
	uint32_t ino;
	uint32_t links; /* how many names the file has, in this archive */
	uint64_t data;  /* bytes; 0 for a name of a file that stands before */
	uint64_t size;  /* in the archive: head, data, padding */
};

/* Entries that are written, or compressed, at once and by one thread. */
struct pack_chunk {
	size_t first, n; /* of the items */
	uint64_t size;   /* not compressed */
	uint64_t offset; /* in the file, of those that are not compressed */
	bool compressed;
};

struct pack_plan {
	struct pack_item *items;
	size_t items_n;
	struct pack_chunk *chunks;
	size_t chunks_n;
	uint64_t plain_size; /* of all chunks that are not compressed: they come first */
	uint64_t size;       /* of all chunks */
};

struct kimg_error *pack_plan_make(struct content *content, const struct pack_options *options,
				  struct pack_plan *ret) must_check;
void pack_plan_done(struct pack_plan *plan);

#endif
