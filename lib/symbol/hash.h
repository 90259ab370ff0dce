/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYMBOL_HASH_H
#define SYMBOL_HASH_H

#include <sys/random.h>

#include "base/span.h"

/* Keyed, so that nobody can make a file whose names all have one hash. */
static inline uint64_t hash_of(uint64_t seed, struct span s)
{
	uint64_t h = seed ^ s.n, last;

	for (; s.n >= 8; s = span_of(s.p + 8, s.n - 8)) {
		h = (h ^ get_le64(s.p)) * 0x9e3779b97f4a7c15;
		h ^= h >> 32;
	}
	if (s.n) {
		last = 0;
		memcpy(&last, s.p, s.n);
		h = (h ^ last) * 0x9e3779b97f4a7c15;
		h ^= h >> 29;
	}
	h *= 0xff51afd7ed558ccd;
	return h ^ h >> 32;
}

/* fallback: an address of the heap, say, for where the system has no random numbers yet. */
static inline uint64_t hash_seed(const void *fallback)
{
	uint64_t seed;

	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != sizeof(seed))
		seed = (uintptr_t)fallback;
	return seed;
}

#endif
