/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KIMG_LIMITS_H
#define KIMG_LIMITS_H

#include <stdint.h>

/*
 * What an input may cost. Every size that the input controls is held against one of these. Start from
 * KIMG_LIMITS_DEFAULT and raise what you must.
 */
struct kimg_limits {
	uint64_t output; /* bytes that all decoding for one image may produce together */
	uint64_t memory; /* bytes of working memory one decoder may take beside its output */
	uint64_t input;  /* bytes read from something that cannot be mapped, such as a pipe */
	uint32_t depth;  /* layers inside one another */
	uint32_t parts;  /* parts of one image */
};

#define KIMG_LIMITS_DEFAULT                            \
	((struct kimg_limits){ .output = 1ULL << 30,   \
			       .memory = 512ULL << 20, \
			       .input = 4ULL << 30,    \
			       .depth = 16,            \
			       .parts = 65536 })

#endif
