/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Picking out of a kernel words that look like pointers into it. */
#include <stdlib.h>

#include "symbol/kallsyms.h"

enum {
	PAGE = 4096,
	PAGES_MAX = 1024, /* that are looked at, evenly spread */
	SET_SIZE = 2 * KALLSYMS_POINTERS_MAX,
};

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
 * riscv64, x86-64, compatibility segments of mips64); and with at most some GiB of memory, linearly mapped, 9000
 * and 8000 (loongarch64), c000 (ppc64), 9800 and a800 (xkphys of mips64), a000 (ia64). -4096 to -1 are results
 * of functions that failed.
 */
static bool is_pointer_64(uint64_t word)
{
	switch (word >> 36) {
	case 0x8000000:
	case 0x9000000:
	case 0x9800000:
	case 0xa000000:
	case 0xa800000:
	case 0xc000000:
		return word % 2 == 0;
	default:
		return word >> 48 == 0xffff && word % 2 == 0 && word < -4096ULL;
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
			 const struct kallsyms_range *range, struct words *words)
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
		if (word >= range->low && word <= range->high)
			words->of[words->n++] = word;
	}
}

static bool collect_words(const struct kallsyms *k, unsigned int size,
			  const struct kallsyms_range *range, struct words *words)
{
	uint64_t step = (k->kernel.n / PAGES_MAX / PAGE + 1) * PAGE;

	words->of = reallocarray(NULL, PAGES_MAX * PAGE / size, sizeof(*words->of));
	if (!words->of)
		return false;
	for (uint64_t at = 0; at < k->kernel.n; at += step)
		collect_from(k, at, size, range, words);
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

/* Adds pointer, unless set, whose free slots are 0, has it. */
static void add(struct kallsyms_pointers *pointers, uint32_t set[SET_SIZE], uint32_t pointer)
{
	size_t i = hash(pointer, SET_SIZE);

	for (; set[i]; i = (i + 1) % SET_SIZE)
		if (set[i] == pointer)
			return;
	set[i] = pointer;
	if (pointer)
		pointers->of[pointers->n++] = pointer;
}

bool kallsyms_find_pointers(const struct kallsyms *k, unsigned int bits,
			    struct kallsyms_range range, struct kallsyms_pointers *pointers)
{
	__attribute__((__cleanup__(words_done))) struct words words = { 0 };
	uint32_t set[SET_SIZE] = { 0 };
	size_t n = 0;

	pointers->n = 0;
	if (!collect_words(k, bits / 8, &range, &words) || !words.n)
		return false;
	pointers->region = main_region(&words);
	for (size_t i = 0; i < words.n; i++)
		if (words.of[i] >> 32 == pointers->region)
			words.of[n++] = words.of[i];
	for (size_t i = 0; i < n; i += n / KALLSYMS_POINTERS_MAX + 1)
		add(pointers, set, words.of[i]);
	return pointers->n > 0;
}
