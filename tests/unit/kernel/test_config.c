/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "kernel/config.h"

static struct kimg_config *config_of(const char *text)
{
	struct kimg_config *config = NULL;

	assert_ok(kimg_config_parse(text, strlen(text), &config));
	return config;
}

static void lines_are_read_as_kconfig_writes_them(void **state)
{
	cleanup_config struct kimg_config *config = config_of(
		"#\n# Linux/x86 6.1.0 Kernel Configuration\n#\n"
		"CONFIG_B=y\nCONFIG_CMDLINE=\"root=/dev/vda quiet\"\n# CONFIG_A is not set\n"
		"CONFIG_C=0x1000\n# CONFIG_X is not settled\nCONFIG_D=m");
	const struct kimg_config_option *options;
	size_t n;

	options = kimg_config_options(config, &n);
	assert_int_equal(n, 5);
	assert_string_equal(options[0].name, "A");
	assert_string_equal(options[0].value, "n");
	assert_string_equal(kimg_config_value(config, "CMDLINE"), "\"root=/dev/vda quiet\"");
	assert_string_equal(kimg_config_value(config, "D"), "m");
	assert_null(kimg_config_value(config, "X"));
}

static void of_two_lines_the_later_wins(void **state)
{
	cleanup_config struct kimg_config *config =
		config_of("CONFIG_A=m\nCONFIG_B=y\n# CONFIG_A is not set\n");

	assert_string_equal(kimg_config_value(config, "A"), "n");
}

static void text_is_kept_as_it_was(void **state)
{
	cleanup_config struct kimg_config *config = config_of("CONFIG_A=y\n\n# end");
	size_t n;

	assert_string_equal(kimg_config_text(config, &n), "CONFIG_A=y\n\n# end");
	assert_int_equal(n, 17);
}

static void what_is_no_configuration_is_refused(void **state)
{
	struct kimg_config *config = NULL;

	assert_fails(KIMG_E_NOT_FOUND, kimg_config_parse("", 0, &config));
	assert_fails(KIMG_E_NOT_FOUND, kimg_config_parse("hello\nCONFIG_\n", 14, &config));
	assert_fails(KIMG_E_NOT_FOUND, kimg_config_parse("CONFIG_A=y\0\n", 12, &config));
	assert_null(config);
}

static void report(void *data, const char *name, const char *before, const char *after)
{
	buf_printf(data, "%s:%s:%s ", name, before ? before : "-", after ? after : "-");
}

static void comparison_is_sorted_and_complete(void **state)
{
	cleanup_config struct kimg_config *before =
		config_of("CONFIG_A=y\nCONFIG_B=m\nCONFIG_D=1\n");
	cleanup_config struct kimg_config *after =
		config_of("CONFIG_C=y\nCONFIG_B=y\nCONFIG_D=1\n");
	cleanup_buf struct buf text = { 0 };

	assert_int_equal(kimg_config_compare(before, after, report, &text), 3);
	assert_string_equal(text.p, "A:y:- B:m:y C:-:y ");
	assert_int_equal(kimg_config_compare(before, before, report, &text), 0);
}

static void write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void files_are_read(void **state)
{
	char path[] = "/tmp/kimg-config-XXXXXX";
	int fd = mkstemp(path);
	struct kimg_config *config = NULL;

	assert_true(fd >= 0);
	close(fd);
	write_text(path, "# a file\nCONFIG_A=y\n");
	assert_ok(kimg_config_open(path, NULL, NULL, &config));
	assert_string_equal(kimg_config_source(config), path);
	kimg_config_free(config);
	config = NULL;
	write_text(path, "neither a configuration nor an image\n");
	assert_fails(KIMG_E_NOT_FOUND, kimg_config_open(path, NULL, NULL, &config));
	unlink(path);
	assert_fails(KIMG_E_IO, kimg_config_open(path, NULL, NULL, &config));
	assert_null(config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_read_as_kconfig_writes_them),
		cmocka_unit_test(of_two_lines_the_later_wins),
		cmocka_unit_test(text_is_kept_as_it_was),
		cmocka_unit_test(what_is_no_configuration_is_refused),
		cmocka_unit_test(comparison_is_sorted_and_complete),
		cmocka_unit_test(files_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
