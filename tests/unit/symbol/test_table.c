/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../unit.h"

#include <stdio.h>

#include "symbol/symbols.h"

static struct kimg_symbols *new_table(void)
{
	struct kimg_symbols *symbols = NULL;

	assert_ok(symbols_new(KIMG_SYMBOLS_ELF, &symbols));
	return symbols;
}

static void add(struct kimg_symbols *symbols, uint64_t address, uint64_t size)
{
	const struct kimg_symbol symbol = {
		.address = address, .size = size, .name = "s", .name_size = 1, .type = 'T'
	};

	assert_ok(symbols_add(symbols, &symbol));
}

/* A row of numbers that looks like none, always the same. */
static uint64_t scatter(uint64_t i)
{
	i = (i + 1) * 0x9e3779b97f4a7c15;
	return i ^ i >> 29;
}

/* size tells the order in which they came. */
static void sorting_is_stable(void **state)
{
	static const uint64_t masks[] = { UINT64_MAX, 0xffff, 0xff00000000000000, 7, 0 };

	for (size_t m = 0; m < ARRAY_SIZE(masks); m++) {
		cleanup_symbols struct kimg_symbols *symbols = new_table();

		for (uint64_t i = 0; i < 5000; i++)
			add(symbols, scatter(i) & masks[m], i);
		assert_ok(symbols_finish(symbols, 0));
		assert_int_equal(symbols->n, 5000);
		for (size_t i = 1; i < symbols->n; i++) {
			const struct kimg_symbol *a = &symbols->all[i - 1], *b = a + 1;

			assert_true(a->address < b->address ||
				    (a->address == b->address && a->size < b->size));
		}
	}
}

static void shifts_sort_anew(void **state)
{
	cleanup_symbols struct kimg_symbols *symbols = new_table();

	add(symbols, 0x10, 0);
	add(symbols, 0xfffffffffffffff0, 1);
	assert_ok(symbols_finish(symbols, 0x20));
	/* what was high comes round */
	assert_int_equal(symbols->all[0].address, 0x10);
	assert_int_equal(symbols->all[1].address, 0x10);
	assert_int_equal(symbols->all[0].size, 0);
}

static void addresses_of_32_bits_stay_there(void **state)
{
	cleanup_symbols struct kimg_symbols *symbols = new_table();

	symbols->bits = 32;
	add(symbols, 0xc0000000, 0);
	add(symbols, 0xfffffff0, 1);
	assert_ok(symbols_finish(symbols, 0x100));
	assert_int_equal(symbols->all[0].address, 0xf0);
	assert_int_equal(symbols->all[1].address, 0xc0000100);
}

static void an_empty_table(void **state)
{
	cleanup_symbols struct kimg_symbols *symbols = new_table();
	size_t count = 1;

	assert_ok(symbols_finish(symbols, 0x100));
	kimg_symbols_all(symbols, &count);
	assert_int_equal(count, 0);
	assert_null(kimg_symbols_at(symbols, 0));
	assert_null(kimg_symbols_at(symbols, UINT64_MAX));
	assert_int_equal(kimg_symbols_named(symbols, "s", 1, NULL, NULL), 0);
	assert_int_equal(kimg_symbols_matching(symbols, "*", 1, NULL, NULL), 0);
	assert_null(kimg_symbols_section_name(symbols, 0));
	assert_null(kimg_symbols_section_name(symbols, 7));
	assert_null(kimg_symbols_module_name(symbols, 7));
	kimg_symbols_free(NULL);
}

static void sections_and_modules_have_numbers(void **state)
{
	cleanup_symbols struct kimg_symbols *symbols = new_table();
	uint16_t index;
	char name[16];

	for (unsigned int i = 1; i <= 70000; i++) {
		snprintf(name, sizeof(name), "s%u", i);
		assert_ok(symbols_add_section(symbols, span_of(name, strlen(name)), i, 0, &index));
		assert_int_equal(index, i < UINT16_MAX ? i : 0);
	}
	assert_string_equal(kimg_symbols_section_name(symbols, 1), "s1");
	assert_string_equal(kimg_symbols_section_name(symbols, 65534), "s65534");
	assert_ok(symbols_add_module(symbols, SPAN_LITERAL("m"), &index));
	assert_string_equal(kimg_symbols_module_name(symbols, index), "m");
}

static void counts_are_limited(void **state)
{
	cleanup_symbols struct kimg_symbols *symbols = new_table();

	assert_fails(KIMG_E_LIMIT, symbols_reserve(symbols, (1ULL << 31) + 1));
	assert_fails(KIMG_E_LIMIT, symbols_reserve(symbols, SIZE_MAX));
	assert_ok(symbols_reserve(symbols, 10));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sorting_is_stable),
		cmocka_unit_test(shifts_sort_anew),
		cmocka_unit_test(addresses_of_32_bits_stay_there),
		cmocka_unit_test(an_empty_table),
		cmocka_unit_test(sections_and_modules_have_numbers),
		cmocka_unit_test(counts_are_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
