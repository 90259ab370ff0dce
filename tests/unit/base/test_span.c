/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../unit.h"

#include "base/span.h"
#include "base/utf8.h"

static void sub_never_overflows(void **state)
{
	struct span s = SPAN_LITERAL("0123456789"), sub = { 0 };

	assert_true(span_sub(s, 10, 0, &sub));
	assert_true(span_sub(s, 2, 8, &sub));
	assert_int_equal(sub.n, 8);
	assert_false(span_sub(s, 11, 0, &sub));
	assert_false(span_sub(s, 3, 8, &sub));
	assert_false(span_sub(s, UINT64_MAX, 1, &sub));
	assert_false(span_sub(s, 1, UINT64_MAX, &sub));
	assert_int_equal(sub.n, 8);
}

static void clip_cuts(void **state)
{
	struct span s = SPAN_LITERAL("0123");

	assert_int_equal(span_clip(s, 2, 100).n, 2);
	assert_int_equal(span_clip(s, UINT64_MAX, UINT64_MAX).n, 0);
	assert_int_equal(span_from(s, 4).n, 0);
}

static void cursor_failure_is_sticky(void **state)
{
	struct cursor c = cursor_be(SPAN_LITERAL("\x01\x02\x03\x04\x05"));

	assert_int_equal(cursor_u32(&c), 0x01020304);
	assert_false(c.failed);
	assert_int_equal(cursor_u16(&c), 0);
	assert_true(c.failed);
	assert_int_equal(cursor_u8(&c), 0);
	assert_true(c.failed);
}

static void find_and_fill(void **state)
{
	struct span s = SPAN_LITERAL("aaab");
	size_t at = 99;

	assert_true(span_find(s, 0, SPAN_LITERAL("ab"), &at));
	assert_int_equal(at, 2);
	assert_false(span_find(s, 3, SPAN_LITERAL("ab"), &at));
	assert_true(span_filled(span_clip(s, 0, 3), 'a'));
	assert_false(span_filled(s, 'a'));
	assert_true(span_filled((struct span){ 0 }, 'x'));
}

static void utf8_after_rfc_3629(void **state)
{
	assert_true(utf8_valid(SPAN_LITERAL("k\xc3\xa9rnel \xf0\x9f\x90\xa7")));
	assert_false(utf8_valid(SPAN_LITERAL("\xc0\xaf")));
	assert_false(utf8_valid(SPAN_LITERAL("\xed\xa0\x80")));
	assert_false(utf8_valid(SPAN_LITERAL("\xf4\x90\x80\x80")));
	assert_false(utf8_valid(SPAN_LITERAL("\xe2\x82")));
	assert_false(utf8_printable(SPAN_LITERAL("a\033[31m")));
	assert_false(utf8_printable(SPAN_LITERAL("a\xc2\x9b")));
	assert_true(utf8_printable(SPAN_LITERAL("\xc2\xa0")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sub_never_overflows),      cmocka_unit_test(clip_cuts),
		cmocka_unit_test(cursor_failure_is_sticky), cmocka_unit_test(find_and_fill),
		cmocka_unit_test(utf8_after_rfc_3629),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
