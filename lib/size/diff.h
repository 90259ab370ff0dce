/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIZE_DIFF_H
#define SIZE_DIFF_H

#include "size/size.h"

/* Slots are counted in 32 bits, and a third of them stays free. */
#define DIFF_SYMBOLS_MAX (1ULL << 31)

/* A place in the table of names. */
struct slot {
	uint32_t hash;
	uint32_t name; /* index + 1; 0: free */
};

struct kimg_size_diff {
	struct kimg_size *new_size, *old_size;
	struct kimg_size_change *names; /* room for all that both files have */
	size_t count;
	const struct kimg_size_change **changes; /* those that changed their size, sorted */
	size_t change_count;
	struct kimg_size_part *parts;
	size_t part_count;
	struct kimg_size_summary summary;
	bool measured;
	struct slot *slots;
	uint32_t mask;
	uint64_t seed;
	struct arena arena; /* names that stand nowhere as they are */
};

#endif
