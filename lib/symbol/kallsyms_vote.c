/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding the address that offsets count from, where the tables of a raw image do not hold it: a relocatable
 * kernel has it in a relocation (R_*_RELATIVE) instead, and offsets of 7.0 count from their own place.
 *
 * Pointers in the image tell then. Many lead to symbols, so each, less the offset of any symbol that lies
 * alike in its page, is a vote for an address; the true one gets a vote from each of those, any other one by
 * chance only.
 */
#include <stdlib.h>

#include "symbol/kallsyms.h"

enum {
	PAGE = 4096,
	LEADING_MIN = 32,
	ALIKE_MAX =
		1 << 12, /* symbols that a vote may be shared by; pointers to more are not asked */
};

/* The bases that pointers of one 4 GiB region and offsets of 32 bits can give. */
#define BASES ((2ULL << 32) / PAGE)

/* ---- symbols by where they lie in a page ---- */

struct alike {
	uint32_t starts[PAGE + 1];
	uint32_t *offsets; /* those of a place in a page, from its start on */
};

static void alike_done(struct alike *alike)
{
	free(alike->offsets);
}

static bool alike_init(struct alike *alike, const struct kallsyms *k)
{
	uint64_t offset, last = UINT64_MAX;
	uint32_t *ends = alike->starts;

	memset(alike->starts, 0, sizeof(alike->starts));
	alike->offsets = calloc(k->count, sizeof(*alike->offsets));
	if (!alike->offsets)
		return false;
	for (uint32_t i = 0; i < k->count; i++, last = offset)
		if ((offset = kallsyms_address(k, i)) != last && offset <= UINT32_MAX)
			ends[offset % PAGE]++;
	for (uint32_t place = 0, sum = 0; place <= PAGE; place++)
		ends[place] = sum += ends[place];
	last = UINT64_MAX;
	for (uint32_t i = 0; i < k->count; i++, last = offset)
		if ((offset = kallsyms_address(k, i)) != last && offset <= UINT32_MAX)
			alike->offsets[--ends[offset % PAGE]] = offset;
	return true;
}

/* ---- the vote ---- */

struct votes {
	uint64_t *of;       /* each base, a page apart, from the region below the pointers' on */
	size_t first, last; /* base that got one */
};

static void votes_done(struct votes *votes)
{
	free(votes->of);
}

/*
 * One vote, in parts to all the symbols that the pointer could lead to, as if there were a few more: else
 * pointers to where hardly any symbol lies would decide.
 */
enum { VOTE = 1 << 20, MORE = 64 };

static void vote(struct votes *votes, const struct alike *alike, uint32_t pointer)
{
	uint32_t place = pointer % PAGE, start = alike->starts[place];
	uint32_t n = alike->starts[place + 1] - start;

	if (n == 0 || n > ALIKE_MAX)
		return;
	for (uint32_t i = start; i < start + n; i++) {
		size_t base = ((1ULL << 32) + pointer - alike->offsets[i]) / PAGE;

		votes->of[base] += VOTE / (n + MORE);
		if (base < votes->first)
			votes->first = base;
		if (base > votes->last)
			votes->last = base;
	}
}

static bool hold_vote(const struct alike *alike, const struct kallsyms_pointers *pointers,
		      struct votes *votes)
{
	votes->first = BASES;
	votes->of = calloc(BASES, sizeof(*votes->of));
	if (!votes->of)
		return false;
	for (size_t i = 0; i < pointers->n; i++)
		vote(votes, alike, pointers->of[i]);
	return true;
}

/*
 * The winner, where it is far ahead: on images of Debian it has 2.7 to 23 times what the next one has, and less
 * than 1.6 where no base is right.
 */
static bool count_votes(const struct votes *votes, uint64_t *ret_base)
{
	uint64_t most = 0, second = 0;
	size_t winner = 0;

	for (size_t i = votes->first; i <= votes->last; i++) {
		if (votes->of[i] > most) {
			second = most;
			most = votes->of[i];
			winner = i;
		} else if (votes->of[i] > second) {
			second = votes->of[i];
		}
	}
	*ret_base = winner * PAGE;
	return most / 2 > second;
}

/* How many pointers lead to symbols with that base. */
static size_t count_leading(const struct alike *alike, const struct kallsyms_pointers *pointers,
			    uint32_t base)
{
	size_t count = 0;

	for (size_t i = 0; i < pointers->n; i++) {
		uint32_t offset = pointers->of[i] - base, place = offset % PAGE;

		if (alike->starts[place + 1] - alike->starts[place] > ALIKE_MAX)
			continue;
		for (uint32_t j = alike->starts[place]; j < alike->starts[place + 1]; j++) {
			if (alike->offsets[j] == offset) {
				count++;
				break;
			}
		}
	}
	return count;
}

bool kallsyms_vote(const struct kallsyms *k, unsigned int bits, uint64_t *ret_base,
		   size_t *ret_votes)
{
	__attribute__((__cleanup__(alike_done))) struct alike alike = { 0 };
	__attribute__((__cleanup__(votes_done))) struct votes votes = { 0 };
	const struct kallsyms_range anywhere = { 0, UINT64_MAX };
	struct kallsyms_pointers pointers;
	uint64_t base;

	if (!kallsyms_find_pointers(k, bits, anywhere, &pointers) || !alike_init(&alike, k) ||
	    !hold_vote(&alike, &pointers, &votes) || !count_votes(&votes, &base))
		return false;
	*ret_votes = count_leading(&alike, &pointers, base);
	/* in 32 bits, half of all instructions look like pointers */
	if (*ret_votes < LEADING_MIN || *ret_votes < pointers.n / (bits == 64 ? 10 : 64))
		return false;
	base += (pointers.region - 1) << 32;
	*ret_base = bits == 32 ? (uint32_t)base : base;
	return true;
}
