/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_RADIX_H
#define BASE_RADIX_H

#include <stddef.h>
#include <stdint.h>

struct radix_item {
	uint64_t key;
	uint64_t value;
};

/*
 * Sorts n items by their keys, ascending; those of one key stay in order. Linear, whatever the keys are. spare
 * has room for n more. Returns where the result is: items or spare. Of the keys is left that those that were
 * equal still are, and no others. With ~key the order is descending.
 */
struct radix_item *radix_sort(struct radix_item *items, struct radix_item *spare, size_t n);

#endif
