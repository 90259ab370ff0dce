/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which filter belongs to which release. The filters themselves are compared with grep(1) and sed(1) in
 * tests/map/run.
 */
#include "symbol/mksysmap.h"

#include "unit.h"

static bool drops(const char *release, const char *name)
{
	struct mksysmap filter;

	assert_true(mksysmap_of_release(release, &filter));
	return mksysmap_drops(&filter, 't', span_of(name, strlen(name)));
}

static void changes_from_release_to_release(void **state)
{
	assert_true(drops("2.6.8.1", "main.o"));
	assert_false(drops("2.6.9", "main.o"));
	assert_false(drops("4.1.52", "PLL_lock"));
	assert_true(drops("4.2-rc1", "PLL_lock"));
	assert_true(drops("4.19.129", "PLL_lock"));
	assert_false(drops("4.19.130", "PLL_lock"));
	assert_true(drops("4.20.17", "xL1"));
	assert_false(drops("5.8", "PLL_lock"));
	assert_false(drops("5.10.143", "L01"));
	assert_true(drops("5.10.144", "L01"));
	assert_false(drops("5.14.21", "L01"));
	assert_false(drops("6.1", "L01"));
	assert_true(drops("6.1", "__kstrtab_x"));
	assert_true(drops("6.4.16", "kallsyms_names"));
	assert_true(drops("6.9.12", "kallsyms_names"));
	assert_false(drops("6.10", "kallsyms_names"));
	assert_false(drops("6.11.11", "$x"));
	assert_false(drops("6.12.8-1", "$x"));
	assert_true(drops("6.12.9", "$x"));
	assert_true(drops("6.13.0", "$x"));
	assert_true(drops("7.2.13+deb14-amd64", "__mod_device_table__a__b"));
	assert_true(drops("8.0", "__mod_device_table__a__b"));
	assert_true(drops("99999999999999999999.1", "__mod_device_table__a__b"));
}

static void releases_start_with_a_number(void **state)
{
	struct mksysmap filter;

	assert_false(mksysmap_of_release("", &filter));
	assert_false(mksysmap_of_release("v6.1", &filter));
	assert_false(mksysmap_of_release("-1", &filter));
	assert_true(mksysmap_of_release("6", &filter));
	assert_true(mksysmap_of_release("6.", &filter));
	assert_true(mksysmap_of_release("6.x", &filter));
}

static bool drops_by_banner(const char *banner, const char *release, const char *name)
{
	struct mksysmap filter;

	assert_true(mksysmap_of_banner(banner, release, &filter));
	return mksysmap_drops(&filter, 't', span_of(name, strlen(name)));
}

/* "5.10.0-46-amd64" is 5.10.262. */
static void debian_tells_the_patch_level_behind(void **state)
{
	const char *banner =
		"Linux version 5.10.0-46-amd64 (debian-kernel@lists.debian.org) (gcc-10 "
		"(Debian 10.2.1-6) 10.2.1 20210110, GNU ld (GNU Binutils for Debian) "
		"2.35.2) #1 SMP Debian 5.10.262-1 (2026-09-01)";

	assert_true(drops_by_banner(banner, "5.10.0-46-amd64", "L01"));
	assert_false(
		drops_by_banner("Linux version 5.10.0 #1 SMP Debian 6.1.9-1", "5.10.0", "L01"));
	assert_false(drops_by_banner("Linux version 5.10.3 #1", "5.10.3", "L01"));
}

static void the_newest_is_the_default(void **state)
{
	struct mksysmap newest, filter;

	mksysmap_newest(&newest);
	assert_true(mksysmap_of_release("7.2", &filter));
	assert_true(newest.rules == filter.rules);
}

/* Leaves nothing out that it left out before. */
static void prepared_filters_are_the_same(void **state)
{
	static const char names[] = "\0gcc2_compiled.\0x a y\0f";
	struct mksysmap filter;

	assert_true(mksysmap_of_release("2.4.0", &filter));
	mksysmap_prepare(&filter, span_of(names, sizeof(names)));
	assert_true(mksysmap_drops(&filter, 't', SPAN_LITERAL("gcc2_compiled.")));
	assert_true(mksysmap_drops(&filter, 't', SPAN_LITERAL("x a y")));
	assert_false(mksysmap_drops(&filter, 't', SPAN_LITERAL("f")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes_from_release_to_release),
		cmocka_unit_test(releases_start_with_a_number),
		cmocka_unit_test(debian_tells_the_patch_level_behind),
		cmocka_unit_test(the_newest_is_the_default),
		cmocka_unit_test(prepared_filters_are_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
