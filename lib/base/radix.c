/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A radix sort from the lowest digit on, and a merge sort for few items. */
#include "base/radix.h"

#include <stdbool.h>

enum { DIGIT_BITS = 11, DIGIT_VALUES = 1 << DIGIT_BITS, DIGITS = 6 };

static unsigned int digit_of(uint64_t key, unsigned int digit)
{
	return key >> digit * DIGIT_BITS & (DIGIT_VALUES - 1);
}

/* The bits that are not the same in all keys. */
static uint64_t varying_bits(const struct radix_item *items, size_t n)
{
	uint64_t some = 0, all = UINT64_MAX;

	for (size_t i = 0; i < n; i++) {
		some |= items[i].key;
		all &= items[i].key;
	}
	return some ^ all;
}

/*
 * Where the upper halves of all keys have just two values, as the addresses of a kernel with per-CPU offsets
 * have, one bit tells as much: that makes half as many digits.
 */
static bool fold_upper(struct radix_item *items, size_t n)
{
	uint64_t one = items[0].key >> 32, other = one, high;

	for (size_t i = 0; i < n; i++) {
		uint64_t upper = items[i].key >> 32;

		if (upper != one && other == one)
			other = upper;
		else if (upper != one && upper != other)
			return false;
	}
	high = one > other ? one : other;
	for (size_t i = 0; i < n; i++)
		items[i].key = (items[i].key & UINT32_MAX) | (uint64_t)(items[i].key >> 32 == high)
								     << 32;
	return true;
}

static void sort_by_digit(const struct radix_item *from, struct radix_item *to, size_t n,
			  unsigned int digit)
{
	size_t starts[DIGIT_VALUES] = { 0 }, at = 0;

	for (size_t i = 0; i < n; i++)
		starts[digit_of(from[i].key, digit)]++;
	for (size_t v = 0; v < DIGIT_VALUES; v++) {
		size_t count = starts[v];

		starts[v] = at;
		at += count;
	}
	for (size_t i = 0; i < n; i++)
		to[starts[digit_of(from[i].key, digit)]++] = from[i];
}

/* ---- few items: by merging, as the counters of the digits would cost more than the items ---- */

enum { FEW = 1024, RUN = 8 };

static void sort_run(struct radix_item *items, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct radix_item item = items[i];
		size_t at = i;

		for (; at && item.key < items[at - 1].key; at--)
			items[at] = items[at - 1];
		items[at] = item;
	}
}

/* Merges [0, middle) and [middle, n) of from into to. */
static void merge(const struct radix_item *from, size_t middle, size_t n, struct radix_item *to)
{
	size_t a = 0, b = middle, i = 0;

	while (a < middle && b < n) {
		bool second = from[b].key < from[a].key;

		to[i++] = from[second ? b : a];
		b += second;
		a += !second;
	}
	while (a < middle)
		to[i++] = from[a++];
	while (b < n)
		to[i++] = from[b++];
}

static struct radix_item *merge_sort(struct radix_item *items, struct radix_item *spare, size_t n)
{
	for (size_t at = 0; at < n; at += RUN)
		sort_run(items + at, n - at < RUN ? n - at : RUN);
	for (size_t width = RUN; width < n; width *= 2) {
		struct radix_item *from = items;

		for (size_t at = 0; at < n; at += 2 * width) {
			size_t count = n - at < 2 * width ? n - at : 2 * width;

			merge(from + at, count < width ? count : width, count, spare + at);
		}
		items = spare;
		spare = from;
	}
	return items;
}

/* ---- all ---- */

struct radix_item *radix_sort(struct radix_item *items, struct radix_item *spare, size_t n)
{
	uint64_t varying;

	if (n <= FEW)
		return merge_sort(items, spare, n);
	varying = varying_bits(items, n);
	if (varying >> 33 && fold_upper(items, n))
		varying = (varying & UINT32_MAX) | 1ULL << 32;
	for (unsigned int digit = 0; digit < DIGITS; digit++) {
		struct radix_item *from = items;

		if (digit_of(varying, digit) == 0)
			continue;
		sort_by_digit(from, spare, n, digit);
		items = spare;
		spare = from;
	}
	return items;
}
