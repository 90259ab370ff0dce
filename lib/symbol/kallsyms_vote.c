/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding the address that offsets count from, where the tables of a raw image do not hold it: a relocatable
 * kernel has it in a relocation (R_*_RELATIVE) instead, and offsets of 7.0 count from their own place.
 *
 * Pointers in the image tell then. Most lead to symbols, so each, less the offset of any symbol that lies
 * alike in its page, is a vote for an address; the true one gets a vote from most pointers, any other one by
 * chance only.
 */
#include <stdlib.h>

#include "symbol/kallsyms.h"

enum {
	PAGE = 4096,
	PAGES_MAX = 2048,       /* that are searched for pointers, evenly spread */
	POINTERS_MAX = 1 << 13, /* that vote, evenly spread too, each once */
	POINTERS_SIZE = 2 * POINTERS_MAX,
	VOTERS_MIN = 32,
	ALIKE_MAX = 1 << 12, /* symbols that a vote may be shared by */
};

/* The bases that pointers of one 4 GiB region and offsets of 32 bits can give. */
#define BASES ((2ULL << 32) / PAGE)

/* ---- pointers ---- */

struct words {
	uint64_t *of;
	size_t n;
};

static void words_done(struct words *words)
{
	free(words->of);
}

/*
 * Whether a word could be the address of something in a 64-bit kernel, by its upper 16 bits: ffff (arm64,
 * riscv64, x86-64, compatibility segments of mips64), 9000 and 8000 (loongarch64), c000 (ppc64), 9800 and
 * a800 (xkphys of mips64), a000 (ia64). -4096 to -1 are results of functions that failed.
 */
static bool is_pointer_64(uint64_t word)
{
	switch (word >> 48) {
	case 0x8000:
	case 0x9000:
	case 0x9800:
	case 0xa000:
	case 0xa800:
	case 0xc000:
		return word % 2 == 0;
	case 0xffff:
		return word % 2 == 0 && word < -4096ULL;
	default:
		return false;
	}
}

static bool is_pointer_32(uint32_t word)
{
	return word % 2 == 0 && word >= 0x40000000 && word < -4096U;
}

/* Whether at is where a relocation with an addend (Elf64_Rela) starts: where it goes is no symbol. */
static bool is_relocation(const struct kallsyms *k, uint64_t at)
{
	uint64_t info = kallsyms_u64(k, at + 8);

	return info != 0 && info < 0x1000;
}

static void collect_from(const struct kallsyms *k, uint64_t start, unsigned int size,
			 struct words *words)
{
	uint64_t end = start + PAGE < k->kernel.n ? start + PAGE : k->kernel.n;

	for (uint64_t at = start; at + size <= end; at += size) {
		const uint8_t *p = k->kernel.p + at;
		uint64_t word;

		if (size == 8) {
			word = k->big_endian ? get_be64(p) : get_le64(p);
			if (!is_pointer_64(word) || is_relocation(k, at))
				continue;
		} else {
			word = k->big_endian ? get_be32(p) : get_le32(p);
			if (!is_pointer_32(word))
				continue;
		}
		words->of[words->n++] = word;
	}
}

static bool collect_words(const struct kallsyms *k, unsigned int size, struct words *words)
{
	uint64_t step = (k->kernel.n / PAGES_MAX / PAGE + 1) * PAGE;

	words->of = reallocarray(NULL, PAGES_MAX * PAGE / size, sizeof(*words->of));
	if (!words->of)
		return false;
	for (uint64_t at = 0; at < k->kernel.n; at += step)
		collect_from(k, at, size, words);
	return true;
}

static size_t hash(uint64_t number, size_t size)
{
	return (number * 0x9e3779b97f4a7c15 >> 32) % size;
}

/* The upper half that most of the words have. */
static uint64_t main_region(const struct words *words)
{
	enum { BUCKETS = 1024 };
	struct {
		uint64_t region;
		size_t n;
	} buckets[BUCKETS] = { 0 }, best = { 0 };

	for (size_t i = 0; i < words->n; i++) {
		uint64_t region = words->of[i] >> 32;
		size_t bucket = hash(region, BUCKETS);

		if (buckets[bucket].region != region) {
			/* who is outnumbered makes room */
			if (buckets[bucket].n) {
				buckets[bucket].n--;
				continue;
			}
			buckets[bucket].region = region;
		}
		if (++buckets[bucket].n > best.n) {
			best.n = buckets[bucket].n;
			best.region = region;
		}
	}
	return best.region;
}

/* A set; 0 is a free slot. */
struct pointers {
	uint32_t *slots; /* POINTERS_SIZE of them */
	size_t n;
};

static void pointers_done(struct pointers *pointers)
{
	free(pointers->slots);
}

static void pointers_add(struct pointers *pointers, uint32_t pointer)
{
	for (size_t i = hash(pointer, POINTERS_SIZE);; i = (i + 1) % POINTERS_SIZE) {
		if (pointers->slots[i] == pointer)
			return;
		if (pointers->slots[i] == 0) {
			pointers->slots[i] = pointer;
			pointers->n++;
			return;
		}
	}
}

/* The lower halves of what looks like pointers into *ret_region, each once. */
static bool collect_pointers(const struct kallsyms *k, unsigned int bits, struct pointers *pointers,
			     uint64_t *ret_region)
{
	__attribute__((__cleanup__(words_done))) struct words words = { 0 };
	size_t n = 0;

	pointers->slots = calloc(POINTERS_SIZE, sizeof(*pointers->slots));
	if (!pointers->slots || !collect_words(k, bits / 8, &words) || !words.n)
		return false;
	*ret_region = main_region(&words);
	for (size_t i = 0; i < words.n; i++)
		if (words.of[i] >> 32 == *ret_region)
			words.of[n++] = words.of[i];
	for (size_t i = 0; i < n; i += n / POINTERS_MAX + 1)
		pointers_add(pointers, words.of[i]);
	return true;
}

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
	size_t voters;
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
	votes->voters++;
}

static bool hold_vote(const struct kallsyms *k, const struct pointers *pointers,
		      struct votes *votes)
{
	__attribute__((__cleanup__(alike_done))) struct alike alike = { 0 };

	votes->first = BASES;
	votes->of = calloc(BASES, sizeof(*votes->of));
	if (!votes->of || !alike_init(&alike, k))
		return false;
	for (size_t i = 0; i < POINTERS_SIZE; i++)
		if (pointers->slots[i])
			vote(votes, &alike, pointers->slots[i]);
	return true;
}

/*
 * The winner, where it is far ahead: on images of Debian it has 2.3 to 21 times what the next one has, and 1.25
 * at most where no base is right.
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
	return votes->voters >= VOTERS_MIN && most / 7 > second / 4;
}

bool kallsyms_vote(const struct kallsyms *k, unsigned int bits, uint64_t *ret_base,
		   size_t *ret_voters)
{
	__attribute__((__cleanup__(pointers_done))) struct pointers pointers = { 0 };
	__attribute__((__cleanup__(votes_done))) struct votes votes = { 0 };
	uint64_t region, base;

	if (!collect_pointers(k, bits, &pointers, &region) || !hold_vote(k, &pointers, &votes) ||
	    !count_votes(&votes, &base))
		return false;
	base += (region - 1) << 32;
	*ret_base = bits == 32 ? (uint32_t)base : base;
	*ret_voters = votes.voters;
	return true;
}
