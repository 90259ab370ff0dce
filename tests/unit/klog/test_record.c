/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "klog/record.h"

static struct record parse(const char *text)
{
	struct record record;

	record_parse(span_of(text, strlen(text)), &record);
	return record;
}

#define assert_text(expected, got)                                       \
	do {                                                             \
		struct span text_span = (got);                           \
		assert_int_equal(text_span.n, strlen(expected));         \
		assert_memory_equal(text_span.p, expected, text_span.n); \
	} while (0)

static void records_of_dev_kmsg(void **state)
{
	struct record record = parse("30,18446744073709551614,5690716,c,caller=T123,new=1;"
				     "udevd\\x0a\n SUBSYSTEM=acpi\n");

	assert_int_equal(record.facility, 3);
	assert_int_equal(record.level, 6);
	assert_true(record.has_sequence);
	assert_true(record.sequence == UINT64_MAX - 1);
	assert_int_equal(record.time, 5690716);
	assert_string_equal(record.caller, "T123");
	assert_text("udevd\\x0a", record.text);
	assert_text(" SUBSYSTEM=acpi\n", record.properties);
	assert_true(record.escaped);

	record = parse("6,339,5140900,-;");
	assert_int_equal(record.sequence, 339);
	assert_int_equal(record.text.n, 0);
	assert_int_equal(record.caller[0], 0);
}

static void lines_of_proc_kmsg(void **state)
{
	struct record record = parse("<190>[    1.234567][  T123] text\r\n");

	assert_int_equal(record.facility, 23);
	assert_int_equal(record.level, 6);
	assert_false(record.has_sequence);
	assert_int_equal(record.time, 1234567);
	assert_string_equal(record.caller, "T123");
	assert_text("text", record.text);
	assert_false(record.escaped);

	record = parse("[12345.000001] [not a caller] text");
	assert_int_equal(record.level, 4);
	assert_true(record.time == 12345000001);
	assert_text("[not a caller] text", record.text);
}

/* What only looks like a record is a line of text, whole. */
static void damaged_records(void **state)
{
	static const char *const lines[] = {
		"",
		"6",
		"6,",
		"6,339,5140900",
		"6,339,5140900,",
		"6,339,5140900,-",
		"6,18446744073709551616,1,-;text",
		"6,-1,1,-;text",
		"<",
		"<6",
		"<>text",
		"<6text",
		"[",
		"[    1.5] text",
		"[    1.234567 text",
		"[99999999999999999999.000000] text",
		"[18446744073709551615.000000] text",
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct record record = parse(lines[i]);

		assert_false(record.has_sequence);
		assert_false(record.has_time);
		assert_int_equal(record.facility, 0);
		assert_int_equal(record.level, 4);
		assert_text(lines[i], record.text);
	}
}

static void escapes_become_bytes(void **state)
{
	static const char *const pairs[][2] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "a\\x0ab", "a\nb" },
		{ "\\x5cx41", "\\x41" },
		{ "\\xC3\\xa4", "\303\244" },
		{ "\\", "\\" },
		{ "\\x4", "\\x4" },
		{ "\\xg1\\", "\\xg1\\" },
		{ "\\\\x41", "\\A" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		cleanup_buf struct buf buf = { 0 };

		record_unescape(&buf, span_of(pairs[i][0], strlen(pairs[i][0])));
		assert_text(pairs[i][1], buf_span(&buf));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_of_dev_kmsg),
		cmocka_unit_test(lines_of_proc_kmsg),
		cmocka_unit_test(damaged_records),
		cmocka_unit_test(escapes_become_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
