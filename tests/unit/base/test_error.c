/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../unit.h"

#include <errno.h>

static void chain_is_printed_from_the_outside_in(void **state)
{
	char text[128];
	struct kimg_error *error =
		error_at(KIMG_E_TRUNCATED, 0x1f1, "setup (%d bytes) runs past the end", 20480);

	error = error_wrap(error, "bzimage");
	error = error_wrap(error, "vmlinuz");
	kimg_error_format(error, text, sizeof(text));
	assert_string_equal(
		text, "vmlinuz: bzimage: setup (20480 bytes) runs past the end (offset 0x1f1)");
	assert_int_equal(kimg_error_code(error), KIMG_E_TRUNCATED);
	assert_string_equal(kimg_error_message(kimg_error_cause(error)), "bzimage");
	kimg_error_free(error);
}

static void format_cuts_and_counts(void **state)
{
	char text[6];
	struct kimg_error *error = error_new(KIMG_E_INVALID, "0123456789");

	assert_int_equal(kimg_error_format(error, text, sizeof(text)), 10);
	assert_string_equal(text, "01234");
	assert_int_equal(kimg_error_format(error, NULL, 0), 10);
	kimg_error_free(error);
}

static void system_error_keeps_errno(void **state)
{
	struct kimg_error *error = error_wrap(error_system(ENOENT, "a"), "b");
	uint64_t offset = 7;

	assert_int_equal(kimg_error_errno(error), ENOENT);
	assert_false(kimg_error_offset(error, &offset));
	assert_int_equal(offset, 7);
	kimg_error_free(error);
}

static void no_memory_needs_no_memory(void **state)
{
	struct kimg_error *error = error_wrap(error_nomem(), "context");

	assert_int_equal(kimg_error_code(error), KIMG_E_NOMEM);
	assert_string_equal(kimg_error_message(error), "out of memory");
	kimg_error_free(error);
	kimg_error_free(NULL);
	assert_null(error_wrap(NULL, "nothing"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chain_is_printed_from_the_outside_in),
		cmocka_unit_test(format_cuts_and_counts),
		cmocka_unit_test(system_error_keeps_errno),
		cmocka_unit_test(no_memory_needs_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
