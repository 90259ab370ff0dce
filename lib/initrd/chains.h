/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INITRD_CHAINS_H
#define INITRD_CHAINS_H

#include <stdint.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/span.h"

/*
 * A hash table from names to the numbers of entries in somebody's array, several to a name. Entries come out in the order of their
 * numbers. Names of modules and aliases have '-' and '_' for the same.
 */
struct chains {
	uint32_t *heads; /* number + 1 of the first entry; 0: none */
	uint32_t *nexts; /* by number, likewise */
	size_t mask;
	size_t n;
};

static inline uint8_t name_byte(uint8_t c)
{
	return c == '-' ? '_' : c;
}

/* Goes on with a hash by one more byte. */
static inline uint64_t name_hash_step(uint64_t hash, uint8_t c)
{
	return (hash ^ name_byte(c)) * 0x9e3779b97f4a7c15 ^ hash >> 29;
}

static inline uint64_t name_hash(uint64_t seed, struct span name)
{
	for (size_t i = 0; i < name.n; i++)
		seed = name_hash_step(seed, name.p[i]);
	return seed;
}

static inline bool name_equal(struct span a, struct span b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (a.p[i] != b.p[i] && name_byte(a.p[i]) != name_byte(b.p[i]))
			return false;
	return true;
}

static inline size_t chains_slot(const struct chains *chains, uint64_t hash)
{
	return (hash ^ hash >> 32) & chains->mask;
}

static inline struct kimg_error *chains_init(struct chains *chains, size_t n)
{
	size_t size = 16;

	while (size < n)
		size *= 2;
	chains->heads = calloc(size, sizeof(*chains->heads));
	chains->nexts = calloc(n ? n : 1, sizeof(*chains->nexts));
	chains->mask = size - 1;
	chains->n = n;
	return chains->heads && chains->nexts ? NULL : error_nomem();
}

/* To be called from the last number to the first. */
static inline void chains_put(struct chains *chains, uint32_t number, uint64_t hash)
{
	size_t slot = chains_slot(chains, hash);

	chains->nexts[number] = chains->heads[slot];
	chains->heads[slot] = number + 1;
}

/* Number + 1 of the first entry whose hash may be that, or 0; chains->nexts goes on from there. */
static inline uint32_t chains_first(const struct chains *chains, uint64_t hash)
{
	return chains->heads ? chains->heads[chains_slot(chains, hash)] : 0;
}

static inline void chains_done(struct chains *chains)
{
	free(chains->heads);
	free(chains->nexts);
	*chains = (struct chains){ 0 };
}

#endif
