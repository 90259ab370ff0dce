/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../unit.h"

#include <stdlib.h>

#include "base/radix.h"

enum { MOST = 5000 };

static struct radix_item items[2 * MOST];
static uint64_t keys[MOST];

/* Sorted by key, and those of one key in the order in which they stood: value is that order. */
static void check(size_t n)
{
	struct radix_item *sorted;

	for (size_t i = 0; i < n; i++)
		items[i] = (struct radix_item){ keys[i], i };
	sorted = radix_sort(items, items + n, n);
	for (size_t i = 1; i < n; i++) {
		uint64_t a = keys[sorted[i - 1].value], b = keys[sorted[i].value];

		assert_true(a < b || (a == b && sorted[i - 1].value < sorted[i].value));
		assert_int_equal(a == b, sorted[i - 1].key == sorted[i].key);
	}
}

static uint64_t next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state ^ *state >> 29;
}

static void test_masks(void **state)
{
	static const uint64_t masks[] = { 0,
					  1,
					  0xff,
					  0xfffff,
					  UINT32_MAX,
					  0x1ffffffff,
					  UINT64_MAX,
					  0xf000ull << 48,
					  0x8000000000000001 };
	static const size_t sizes[] = { 0, 1, 2, 7, 8, 9, 17, 1000, 1024, 1025, MOST };
	uint64_t random = 1;

	for (size_t m = 0; m < ARRAY_SIZE(masks); m++)
		for (size_t s = 0; s < ARRAY_SIZE(sizes); s++) {
			for (size_t i = 0; i < sizes[s]; i++)
				keys[i] = next_random(&random) & masks[m];
			check(sizes[s]);
		}
}

/* The upper halves of two and of three kinds: addresses of a kernel, per-CPU offsets, and values. */
static void test_upper_halves(void **state)
{
	static const uint64_t uppers[] = { 0xffffffff, 0, 0x7fff };
	uint64_t random = 7;

	for (size_t kinds = 1; kinds <= ARRAY_SIZE(uppers); kinds++) {
		for (size_t i = 0; i < MOST; i++)
			keys[i] = uppers[i % kinds] << 32 | (next_random(&random) & 0xfffffff);
		check(MOST);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_masks),
		cmocka_unit_test(test_upper_halves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
