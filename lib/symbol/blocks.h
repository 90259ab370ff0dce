/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYMBOL_BLOCKS_H
#define SYMBOL_BLOCKS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A set of blocks of addresses, each 1 << shift bytes large, by a hash: to pass over most of 200,000 addresses that are
 * near none of a few. Those of other blocks may seem to be in it.
 */
struct blocks {
	unsigned int shift;
	uint8_t bits[(1 << 16) / 8];
};

/* The block that is that many after the one of address, or before. */
static inline void blocks_add(struct blocks *blocks, uint64_t address, int away)
{
	uint16_t block = (address >> blocks->shift) + away;

	blocks->bits[block / 8] |= 1 << block % 8;
}

static inline bool blocks_have(const struct blocks *blocks, uint64_t address)
{
	uint16_t block = address >> blocks->shift;

	return blocks->bits[block / 8] >> block % 8 & 1;
}

#endif
