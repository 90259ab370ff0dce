/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../unit.h"

#include <stdio.h>

#include "base/buf.h"
#include "symbol/glob.h"
#include "table.h"

static const char *name_at(struct kimg_symbols *symbols, uint64_t address)
{
	static char name[64];
	const struct kimg_symbol *symbol = kimg_symbols_at(symbols, address);

	snprintf(name, sizeof(name), "%.*s", symbol ? symbol->name_size : 1,
		 symbol ? symbol->name : "-");
	return name;
}

static uint64_t extent_of(struct kimg_symbols *symbols, const char *name)
{
	return kimg_symbol_extent(symbols, table_named(symbols, name));
}

static void addresses_lie_in_symbols(void **state)
{
	cleanup_symbols struct kimg_symbols *symbols = text_table("c0100000 T a\n"
								  "c0100010 T b\n"
								  "c0100010 T b_too\n"
								  "c0100030 t c\n");

	assert_string_equal(name_at(symbols, 0), "-");
	assert_string_equal(name_at(symbols, 0xc00fffff), "-");
	assert_string_equal(name_at(symbols, 0xc0100000), "a");
	assert_string_equal(name_at(symbols, 0xc010000f), "a");
	assert_string_equal(name_at(symbols, 0xc0100010), "b");
	assert_string_equal(name_at(symbols, 0xc010002f), "b");
	assert_string_equal(name_at(symbols, 0xc0100030), "c");
	/* nothing tells how long the last one is */
	assert_string_equal(name_at(symbols, 0xc0100031), "-");
	assert_int_equal(extent_of(symbols, "a"), 0x10);
	assert_int_equal(extent_of(symbols, "b"), 0x20);
	assert_int_equal(extent_of(symbols, "b_too"), 0x20);
	assert_int_equal(extent_of(symbols, "c"), 0);
}

/* Every address of tables of many lengths, as the search goes by steps. */
static void searches_of_every_length(void **state)
{
	for (unsigned int n = 1; n < 70; n++) {
		cleanup_buf struct buf text = { 0 };
		cleanup_symbols struct kimg_symbols *symbols = NULL;

		for (unsigned int i = 0; i < n; i++)
			buf_printf(&text, "%08x T f%u\n", 0x1000 + 4 * i, i);
		symbols = text_table(text.p);
		for (unsigned int i = 0; i < n; i++) {
			const struct kimg_symbol *symbol;

			symbol = kimg_symbols_at(symbols, 0x1000 + 4 * i + (i + 1 < n ? 3 : 0));
			assert_ptr_equal(symbol, &symbols->all[i]);
		}
		assert_null(kimg_symbols_at(symbols, 0xfff));
	}
}

static void the_best_name_of_an_address(void **state)
{
	cleanup_symbols struct kimg_symbols *symbols = text_table("c0100000 t __pfx_a\n"
								  "c0100000 W a_weak\n"
								  "c0100000 T __start_a\n"
								  "c0100000 T __a\n"
								  "c0100000 t a\n"
								  "c0100000 T a_global\n"
								  "c0100000 A value\n"
								  "c0100000 r $d\n"
								  "c0100010 t __pfx_b\n"
								  "c0100020 W b\n"
								  "c0100020 T __b_end\n"
								  "c0100030 T end\n");

	assert_string_equal(name_at(symbols, 0xc0100008), "a_global");
	assert_string_equal(name_at(symbols, 0xc0100018), "__pfx_b");
	assert_string_equal(name_at(symbols, 0xc0100028), "__b_end");
}

static void holes_belong_to_nobody(void **state)
{
	cleanup_symbols struct kimg_symbols *symbols =
		text_table("0000000000000000 D __per_cpu_start\n"
			   "0000000000036000 D __per_cpu_end\n"
			   "ffffffff81000000 T _text\n"
			   "ffffffff84000000 B _end\n"
			   "ffffffffc0000000 t a\t[one]\n"
			   "ffffffffc0000100 t b\t[one]\n"
			   "ffffffffc0004000 d c\t[one]\n"
			   "ffffffffc0005000 t d\t[two]\n"
			   "ffffffffc0005f00 t e\t[two]\n");

	assert_string_equal(name_at(symbols, 0x35fff), "__per_cpu_start");
	assert_string_equal(name_at(symbols, 0x36001), "-");
	assert_string_equal(name_at(symbols, 0x7fffffffffff), "-");
	assert_string_equal(name_at(symbols, 0xffffffff83ffffff), "_text");
	assert_string_equal(name_at(symbols, 0xffffffff84000001), "-");
	/* the code of a module ends with a page, before its data */
	assert_string_equal(name_at(symbols, 0xffffffffc0000fff), "b");
	assert_string_equal(name_at(symbols, 0xffffffffc0001000), "-");
	assert_int_equal(extent_of(symbols, "b"), 0xf00);
	assert_string_equal(name_at(symbols, 0xffffffffc0004fff), "c");
	assert_int_equal(extent_of(symbols, "d"), 0xf00);
	assert_string_equal(name_at(symbols, 0xffffffffc0005fff), "e");
	assert_string_equal(name_at(symbols, 0xffffffffc0006000), "-");
}

static void names_with_suffixes(void **state)
{
	cleanup_symbols struct kimg_symbols *symbols = text_table("c0100000 t f.isra.0\n"
								  "c0100010 t f.cold\n"
								  "c0100020 t g\n"
								  "c0100030 t f\n"
								  "c0100040 t f.constprop.0.cold\n"
								  "c0100050 t f\n"
								  "c0100060 t f.llvm.1234567890\n"
								  "c0100070 t f.other\n");

	/* by a walk over all of them, and by the index */
	for (int i = 0; i < 4; i++) {
		assert_string_equal(table_all_named(symbols, "f"),
				    "f f f.isra.0 f.cold f.constprop.0.cold f.llvm.1234567890 ");
		assert_string_equal(table_all_named(symbols, "f.cold"), "f.cold ");
		assert_string_equal(table_all_named(symbols, "f.isra"), "");
		assert_string_equal(table_all_named(symbols, "f.other"), "f.other ");
		assert_string_equal(table_all_named(symbols, "h"), "");
		assert_string_equal(table_all_named(symbols, ""), "");
		if (i % 2)
			assert_ok(kimg_symbols_index(symbols));
	}
	assert_name("f", table_named(symbols, "f"));
}

static void patterns_are_found_in_order(void **state)
{
	cleanup_symbols struct kimg_symbols *symbols = text_table("c0100030 t vfs_write\n"
								  "c0100010 t vfs_read\n"
								  "c0100020 t vfs_readv\n"
								  "c0100040 t ksys_read\n");

	assert_string_equal(table_matching(symbols, "*"),
			    "vfs_read vfs_readv vfs_write ksys_read ");
	assert_string_equal(table_matching(symbols, "vfs_*"), "vfs_read vfs_readv vfs_write ");
	assert_string_equal(table_matching(symbols, "*_read"), "vfs_read ksys_read ");
	assert_string_equal(table_matching(symbols, "vfs_read?"), "vfs_readv ");
	assert_string_equal(table_matching(symbols, "[!v]*"), "ksys_read ");
	assert_string_equal(table_matching(symbols, ""), "");
}

static bool matches(const char *pattern, const char *name)
{
	return glob_matches(span_of(pattern, strlen(pattern)), span_of(name, strlen(name)));
}

static void patterns(void **state)
{
	static const struct {
		const char *pattern;
		const char *name;
		bool matches;
	} cases[] = {
		{ "", "", true },
		{ "", "a", false },
		{ "*", "", true },
		{ "**", "abc", true },
		{ "?", "", false },
		{ "a*c", "abbbc", true },
		{ "a*c", "ac", true },
		{ "a*c", "abcd", false },
		{ "a*b*c", "aXbXbXc", true },
		{ "*a*b", "aab", true },
		{ "*ab", "aab", true },
		{ "*aab", "aaab", true },
		{ "a?c", "abc", true },
		{ "[abc]", "b", true },
		{ "[abc]", "d", false },
		{ "[a-c]x", "bx", true },
		{ "[!a-c]", "b", false },
		{ "[^a-c]", "d", true },
		{ "[]]", "]", true },
		{ "[]a]", "a", true },
		{ "[!]]", "]", false },
		{ "[a-]", "-", true },
		{ "[-a]", "-", true },
		{ "[z-a]", "m", false },
		{ "[", "[", true },
		{ "[abc", "[abc", true },
		{ "a[", "a[", true },
		{ "[]", "[]", true },
		{ "[!", "[!", true },
		{ "*[0-9]", "f12", true },
		{ "*[0-9]", "f12x", false },
		{ "\\*", "*", true },
		{ "\\*", "a", false },
		{ "a\\", "a\\", true },
		{ "*\\?x", "ab?x", true },
		{ "*.isra.*", "f.isra.0", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (matches(cases[i].pattern, cases[i].name) != cases[i].matches)
			fail_msg("%s %s", cases[i].pattern, cases[i].name);
}

/* Patterns on which a matcher that tries everything would not end within a lifetime. */
static void hostile_patterns(void **state)
{
	cleanup_buf struct buf pattern = { 0 }, name = { 0 };

	for (int i = 0; i < 1000; i++)
		buf_puts(&pattern, "a*");
	buf_puts(&pattern, "b");
	buf_fill(&name, 'a', 60000);
	assert_false(glob_matches(buf_span(&pattern), buf_span(&name)));
	buf_puts(&name, "b");
	assert_true(glob_matches(buf_span(&pattern), buf_span(&name)));
}

/* One name, again and again: the index must not take the square of them. */
static void many_of_one_name(void **state)
{
	enum { COUNT = 200000 };
	cleanup_buf struct buf text = { 0 };
	cleanup_symbols struct kimg_symbols *symbols = NULL;

	for (int i = 0; i < COUNT; i++)
		buf_puts(&text, "c0100000 t same\n");
	buf_puts(&text, "c0100010 t other\n");
	symbols = text_table(text.p);
	for (int i = 0; i < COUNT; i++) {
		assert_non_null(table_named(symbols, "same"));
		assert_int_equal(kimg_symbol_extent(symbols, &symbols->all[i]), 0x10);
		assert_ptr_equal(kimg_symbols_at(symbols, 0xc0100001), &symbols->all[0]);
	}
}

/* Copies of one function, whose plain name is the same: looking each up must not walk over all others. */
static void many_copies_of_one_function(void **state)
{
	enum { COUNT = 200000 };
	cleanup_buf struct buf text = { 0 };
	cleanup_symbols struct kimg_symbols *symbols = NULL;
	char name[32];

	for (int i = 0; i < COUNT; i++)
		buf_printf(&text, "%08x t f.cold.%d\n", 0xc0100000 + i, i);
	symbols = text_table(text.p);
	for (int i = 0; i < COUNT; i++) {
		snprintf(name, sizeof(name), "f.cold.%d", i);
		assert_ptr_equal(table_named(symbols, name), &symbols->all[i]);
	}
	assert_ptr_equal(table_named(symbols, "f"), &symbols->all[0]);
	assert_null(table_named(symbols, "f.cold"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_lie_in_symbols),
		cmocka_unit_test(searches_of_every_length),
		cmocka_unit_test(the_best_name_of_an_address),
		cmocka_unit_test(holes_belong_to_nobody),
		cmocka_unit_test(names_with_suffixes),
		cmocka_unit_test(patterns_are_found_in_order),
		cmocka_unit_test(patterns),
		cmocka_unit_test(hostile_patterns),
		cmocka_unit_test(many_of_one_name),
		cmocka_unit_test(many_copies_of_one_function),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
