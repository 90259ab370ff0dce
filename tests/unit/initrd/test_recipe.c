/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../unit.h"

#include <string.h>

#include "initrd/recipe.h"

static int setup(void **state)
{
	struct kimg_initrd_recipe *recipe;

	assert_ok(kimg_initrd_recipe_new(&recipe));
	*state = recipe;
	return 0;
}

static int teardown(void **state)
{
	kimg_initrd_recipe_free(*state);
	return 0;
}

static struct kimg_error *read_text(struct kimg_initrd_recipe *recipe, const char *text)
{
	return kimg_initrd_recipe_read(recipe, "conf", text, strlen(text));
}

static void assert_words(const char *const *words, const char *expected)
{
	char text[256] = "";

	for (; *words; words++)
		strcat(strcat(text, *words), ";");
	assert_string_equal(text, expected);
}

static void defaults(void **state)
{
	assert_string_equal(kimg_initrd_recipe_value(*state, "root"), "host");
	assert_string_equal(kimg_initrd_recipe_value(*state, "codec"), "auto");
	assert_null(kimg_initrd_recipe_value(*state, "modules"));
	assert_null(kimg_initrd_recipe_value(*state, "none"));
	assert_words(kimg_initrd_recipe_list(*state, "modules"), "");
	assert_words(kimg_initrd_recipe_list(*state, "root"), "");
	assert_words(kimg_initrd_recipe_list(*state, "none"), "");
	assert_int_equal(recipe_number(*state, RECIPE_LEVEL), 0);
}

static void lines(void **state)
{
	assert_ok(read_text(*state, "# one\n; two\n\n \t\r\nroot=LABEL=x\n  codec  =  xz  \r\n"
				    "modules = a, b\tc\nmodules=d \\\n e\\\n\nlevel = 9"));
	assert_string_equal(recipe_value(*state, RECIPE_ROOT), "LABEL=x");
	assert_true(recipe_is(*state, RECIPE_CODEC, "xz"));
	assert_words(recipe_list(*state, RECIPE_MODULES), "a;b;c;d;e;");
	assert_int_equal(recipe_number(*state, RECIPE_LEVEL), 9);
	assert_ok(read_text(*state, "modules =\ncodec =\ncmdline = a=b,c d\n"));
	assert_words(recipe_list(*state, RECIPE_MODULES), "");
	assert_true(recipe_is(*state, RECIPE_CODEC, "auto"));
	assert_words(recipe_list(*state, RECIPE_CMDLINE), "a=b,c;d;");
	assert_ok(kimg_initrd_recipe_add(*state, "files", "a b,c"));
	assert_words(recipe_list(*state, RECIPE_FILES), "a b,c;");
}

static void wrong_lines(void **state)
{
	static const struct {
		const char *text, *said;
	} cases[] = {
		{ "\nroot", "conf:2: no '=' in the line" },
		{ "a \\\n b = c\n", "conf:1: a   b: no such key" },
		{ "modules = a \\\n b\nfoo = c\n", "conf:3: foo: no such key" },
		{ "level = -1", "conf:1: level = -1: not a number" },
		{ "level = 123456", "conf:1: level = 123456: not a number" },
		{ "automatic = y", "conf:1: automatic = y: not one of yes no" },
		{ "codec = zst", "conf:1: codec = zst: not one of auto none gzip bzip2 lzma xz lzo "
				 "lz4 zstd" },
		{ " = x", "conf:1: : no such key" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct kimg_error *error = read_text(*state, cases[i].text);
		char text[256];

		assert_non_null(error);
		assert_int_equal(kimg_error_code(error), KIMG_E_INVALID);
		kimg_error_format(error, text, sizeof(text));
		kimg_error_free(error);
		assert_string_equal(text, cases[i].said);
	}
	assert_fails(KIMG_E_INVALID, kimg_initrd_recipe_read(*state, "conf", "root = a\0b", 10));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(defaults, setup, teardown),
		cmocka_unit_test_setup_teardown(lines, setup, teardown),
		cmocka_unit_test_setup_teardown(wrong_lines, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
