/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdint.h>
#include <sys/random.h>

#include "base/endian.h"
#include "base/span.h"

/* A seed that nobody outside knows, so that nobody can make an input whose hashes are all alike. */
static inline uint64_t hash_seed(void)
{
	uint64_t seed;

	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != sizeof(seed))
		seed = (uintptr_t)&seed;
	return seed;
}

/* For tables in memory alone: other processes get other values. */
static inline uint64_t hash_span(uint64_t seed, struct span s)
{
	uint64_t h = seed ^ s.n, last = 0;

	for (; s.n >= 8; s = span_of(s.p + 8, s.n - 8)) {
		h = (h ^ get_le64(s.p)) * 0x9e3779b97f4a7c15;
		h ^= h >> 32;
	}
	for (size_t i = 0; i < s.n; i++)
		last = last << 8 | s.p[i];
	h = (h ^ last) * 0x9e3779b97f4a7c15;
	h ^= h >> 29;
	h *= 0xff51afd7ed558ccd;
	return h ^ h >> 32;
}

#endif
