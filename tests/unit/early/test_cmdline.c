/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "early.h"

#include <string.h>

#include "cmdline.h"

static struct cmdline line_of(char *text)
{
	struct cmdline line = { 0 };

	cmdline_add(&line, text);
	return line;
}

static void words_and_quotes(void **state)
{
	char text[] = "  root=/dev/vda \"a b=c d\" rootflags=\"x,y z\" quiet\tro\n";
	struct cmdline line = line_of(text);

	assert_int_equal(line.n, 5);
	assert_string_equal(cmdline_get(&line, "root"), "/dev/vda");
	assert_string_equal(cmdline_get(&line, "a b"), "c d");
	assert_string_equal(cmdline_get(&line, "rootflags"), "x,y z");
	assert_string_equal(cmdline_get(&line, "quiet"), "");
	assert_null(cmdline_get(&line, "rootfs"));
	cmdline_done(&line);
}

static void last_word_counts(void **state)
{
	char image[] = "root=LABEL=a quiet";
	char kernel[] = "root=LABEL=b";
	struct cmdline line = { 0 };

	cmdline_add(&line, image);
	cmdline_add(&line, kernel);
	assert_string_equal(cmdline_get(&line, "root"), "LABEL=b");
	cmdline_done(&line);
}

static void what_follows_dashes_is_for_init(void **state)
{
	char text[] = "ro -- root=x --";
	struct cmdline line = line_of(text);

	assert_int_equal(line.n, 1);
	assert_null(cmdline_get(&line, "root"));
	cmdline_done(&line);
}

static void dash_is_underscore(void **state)
{
	char text[] = "rd.driver-pre=a,b-c rd.driver_pre=d module-blacklist=snd_pcm";
	struct cmdline line = line_of(text);
	size_t at = 0;

	assert_string_equal(cmdline_next(&line, "rd.driver_pre", &at), "a,b-c");
	assert_string_equal(cmdline_next(&line, "rd.driver_pre", &at), "d");
	assert_null(cmdline_next(&line, "rd.driver_pre", &at));
	assert_true(cmdline_lists(&line, "rd.driver_pre", "b_c"));
	assert_false(cmdline_lists(&line, "rd.driver_pre", "b"));
	assert_true(cmdline_lists(&line, "module_blacklist", "snd-pcm"));
	cmdline_done(&line);
}

static void flags_and_numbers(void **state)
{
	char text[] = "a b=0 c=no d=yes e=12 f=-1 g=1x h=99999999999999999999";
	struct cmdline line = line_of(text);

	assert_true(cmdline_flag(&line, "a", false));
	assert_false(cmdline_flag(&line, "b", true));
	assert_false(cmdline_flag(&line, "c", true));
	assert_true(cmdline_flag(&line, "d", false));
	assert_true(cmdline_flag(&line, "z", true));
	assert_int_equal(cmdline_number(&line, "e", 7), 12);
	assert_int_equal(cmdline_number(&line, "f", 7), 7);
	assert_int_equal(cmdline_number(&line, "g", 7), 7);
	assert_int_equal(cmdline_number(&line, "h", 7), 7);
	assert_int_equal(cmdline_number(&line, "z", 7), 7);
	cmdline_done(&line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_and_quotes),
		cmocka_unit_test(last_word_counts),
		cmocka_unit_test(what_follows_dashes_is_for_init),
		cmocka_unit_test(dash_is_underscore),
		cmocka_unit_test(flags_and_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
