/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../unit.h"

#include "base/hex.h"

static struct span text_of(const char *text)
{
	return span_of(text, strlen(text));
}

static void digits_are_counted(void **state)
{
	uint64_t value;

	assert_int_equal(hex_digits(text_of("fFffffff81000000x"), &value), 16);
	assert_true(value == 0xffffffff81000000);
	assert_int_equal(hex_digits(text_of("00000000000000001"), &value), 17);
	assert_int_equal(hex_digits(text_of("g"), &value), 0);
	assert_int_equal(hex_digits(text_of(""), &value), 0);
}

static void numbers_are_whole(void **state)
{
	uint64_t value = 5;

	assert_true(hex_number(text_of("0xC0de"), &value));
	assert_int_equal(value, 0xc0de);
	assert_true(hex_number(text_of("0"), &value));
	assert_int_equal(value, 0);
	assert_false(hex_number(text_of(""), &value));
	assert_false(hex_number(text_of("0x"), &value));
	assert_false(hex_number(text_of("0x0x1"), &value));
	assert_false(hex_number(text_of("12 "), &value));
	assert_false(hex_number(text_of("10000000000000000"), &value));
	assert_int_equal(value, 0);
}

static void bytes_are_pairs(void **state)
{
	uint8_t bytes[2];

	assert_int_equal(hex_bytes(text_of("0aF1"), bytes, sizeof(bytes)), 2);
	assert_int_equal(bytes[0], 0x0a);
	assert_int_equal(bytes[1], 0xf1);
	assert_int_equal(hex_bytes(text_of("0aF"), bytes, sizeof(bytes)), 0);
	assert_int_equal(hex_bytes(text_of("0aFx"), bytes, sizeof(bytes)), 0);
	assert_int_equal(hex_bytes(text_of("0a0b0c"), bytes, sizeof(bytes)), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digits_are_counted),
		cmocka_unit_test(numbers_are_whole),
		cmocka_unit_test(bytes_are_pairs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
