/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "early.h"

#include <string.h>

#include "alias.h"
#include "modules.h"
#include "text.h"

static bool matches(const char *pattern, const char *text)
{
	return modules_match(pattern, strlen(pattern), text);
}

static void patterns(void **state)
{
	assert_true(matches("pci:v*d*sv*sd*bc01sc06i01*",
			    "pci:v00008086d00002922sv00001AF4sd00001100bc01sc06i01"));
	assert_false(matches("pci:v*d*sv*sd*bc01sc06i01*",
			     "pci:v00008086d00002922sv00001AF4sd00001100bc01sc06i02"));
	assert_true(matches("usb:v*ic08isc0[2-6]ip50*", "usb:v1ic08isc06ip50in00"));
	assert_false(matches("usb:v*ic08isc0[2-6]ip50*", "usb:v1ic08isc07ip50in00"));
	assert_true(matches("a[!b]c", "axc"));
	assert_false(matches("a[!b]c", "abc"));
	assert_true(matches("a?c*", "abc"));
	assert_false(matches("a?c", "ac"));
	assert_true(matches("*", ""));
	assert_true(matches("", ""));
	assert_false(matches("a[", "a"));
	assert_false(matches("a[b", "ac"));
}

/* A pattern of many '*' takes no longer than its length times the text's. */
static void no_explosion(void **state)
{
	char text[4096];
	char pattern[400];

	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	for (size_t i = 0; i < sizeof(pattern); i++)
		pattern[i] = i % 2 ? 'a' : '*';
	pattern[sizeof(pattern) - 1] = 'b';
	assert_false(modules_match(pattern, sizeof(pattern), text));
}

static struct modules tables(const struct cmdline *cmdline)
{
	static const char table[] = "ext4 /none/ext4.ko.xz 1,2 3 -\n"
				    "jbd2 /none/jbd2.ko - - -\n"
				    "mbcache /none/mbcache.ko 0 - - debug=1\n"
				    "crc32c_generic /none/crc.ko 99 - 0\n"
				    "broken\n";
	static const char aliases[] =
		"fs-ext4 0\npci:v00001AF4d* 1\npci:v*bc01* 2,1\nvirtio:d00000002v* 3\n";
	struct modules modules = { .cmdline = cmdline };

	modules_parse(&modules, text_copy(table, sizeof(table) - 1),
		      text_copy(aliases, sizeof(aliases) - 1), text_copy("mbcache\n", 8));
	return modules;
}

static void what_the_tables_have(void **state)
{
	struct cmdline cmdline = { 0 };
	struct modules modules = tables(&cmdline);

	assert_int_equal(modules.n, 5);
	assert_int_equal(modules.n_aliases, 4);
	assert_true(modules_have(&modules, "ext4"));
	assert_true(modules_have(&modules, "fs-ext4"));
	assert_true(modules_have(&modules, "crc32c-generic"));
	assert_true(modules_have(&modules, "virtio:d00000002v00001AF4"));
	assert_false(modules_have(&modules, "fs-xfs"));
	assert_false(modules_have(&modules, "ext"));
	assert_true(modules_want(&modules, "virtio:"));
	assert_false(modules_want(&modules, "cpu:"));
	modules_done(&modules);
}

/* None of the files is there: everything is tried once, also what needs itself. */
static void needs_go_in_circles(void **state)
{
	struct cmdline cmdline = { 0 };
	struct modules modules = tables(&cmdline);

	assert_false(modules_load(&modules, "fs-ext4"));
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(modules.modules[i].state, MODULE_FAILED);
	assert_false(modules_load(&modules, "broken"));
	assert_false(modules_load(&modules, "unknown"));
	modules_done(&modules);
}

static void blacklists(void **state)
{
	char text[] = "modprobe.blacklist=jbd2";
	struct cmdline cmdline = { 0 };
	struct modules modules;

	cmdline_add(&cmdline, text);
	modules = tables(&cmdline);
	assert_false(modules_load_alias(&modules, "pci:v00001AF4d00001001bc01"));
	assert_int_equal(modules.modules[1].state, MODULE_NEW);
	assert_int_equal(modules.modules[2].state, MODULE_NEW);
	/* By its name it is. */
	assert_false(modules_load(&modules, "mbcache"));
	assert_int_equal(modules.modules[2].state, MODULE_FAILED);
	modules_done(&modules);
	cmdline_done(&cmdline);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns),
		cmocka_unit_test(no_explosion),
		cmocka_unit_test(what_the_tables_have),
		cmocka_unit_test(needs_go_in_circles),
		cmocka_unit_test(blacklists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
