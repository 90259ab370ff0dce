/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which lines belong to which report. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "oops/reports.h"

static void read_sample(const char *name, struct reports *reports)
{
	cleanup_buf struct buf path = { 0 }, text = { 0 };
	char block[4096];
	FILE *file;
	size_t n;

	buf_printf(&path, "%s/oops/%s", getenv("SAMPLES"), name);
	file = fopen(path.p, "rb");
	assert_non_null(file);
	while ((n = fread(block, 1, sizeof(block), file)))
		buf_add(&text, block, n);
	fclose(file);
	read_log(text.p, reports);
}

/* What holds for the reports of a sample, in order. */
struct expected {
	enum kimg_oops_kind kind;
	int64_t pid;          /* -1: not told */
	uint64_t first, last; /* numbers of lines */
	size_t lines;         /* 0: not looked at */
	bool truncated;
};

static void assert_reports(const char *name, const struct expected *expected, size_t count)
{
	struct reports reports;

	read_sample(name, &reports);
	assert_int_equal(reports.count, count);
	for (size_t i = 0; i < count; i++) {
		const struct kimg_oops *oops = reports.all[i];

		assert_int_equal(oops->number, i + 1);
		assert_int_equal(oops->kind, expected[i].kind);
		assert_int_equal(oops->pid, expected[i].pid);
		assert_int_equal(oops->lines[0].number, expected[i].first);
		assert_int_equal(oops->lines[oops->line_count - 1].number, expected[i].last);
		if (expected[i].lines)
			assert_int_equal(oops->line_count, expected[i].lines);
		assert_int_equal(oops->truncated, expected[i].truncated);
	}
	free_reports(&reports);
}

#define ASSERT_REPORTS(name, expected) \
	assert_reports((name), (expected), sizeof(expected) / sizeof(*(expected)))

/* The fourth begins between the registers that are repeated behind the third. */
static void oopses_of_two_cpus(void **state)
{
	static const struct expected older[] = {
		{ KIMG_OOPS_NULL_POINTER, 132, 2, 67, 66 },
		{ KIMG_OOPS_NULL_POINTER, 135, 68, 123, 56 },
		{ KIMG_OOPS_NULL_POINTER, 133, 124, 190, 66 },
		{ KIMG_OOPS_NULL_POINTER, 134, 181, 260, 71 },
	};
	static const struct expected newer[] = {
		{ KIMG_OOPS_NULL_POINTER, 183, 8, 68, 61 },
		{ KIMG_OOPS_NULL_POINTER, 186, 69, 138, 69 },
		{ KIMG_OOPS_NULL_POINTER, 185, 129, 201, 64 },
		{ KIMG_OOPS_NULL_POINTER, 184, 202, 262, 61 },
	};

	ASSERT_REPORTS("x86_64-6.1-multi.log", older);
	ASSERT_REPORTS("x86_64-6.12-multi.log", newer);
}

/* Two begin at once; the line of the third that says what happened comes 160 lines behind its beginning. */
static void warnings_of_two_cpus(void **state)
{
	static const struct expected expected[] = {
		{ KIMG_OOPS_WARNING, 188, 6, 87 },    { KIMG_OOPS_WARNING, 189, 7, 48 },
		{ KIMG_OOPS_WARNING, 190, 49, 255 },  { KIMG_OOPS_WARNING, 191, 88, 125 },
		{ KIMG_OOPS_WARNING, 192, 126, 166 }, { KIMG_OOPS_WARNING, 194, 167, 211 },
		{ KIMG_OOPS_WARNING, 193, 225, 348 }, { KIMG_OOPS_WARNING, 195, 256, 307 },
	};

	ASSERT_REPORTS("x86_64-6.12-multiw.log", expected);
}

static void reports_one_after_the_other(void **state)
{
	static const struct expected kinds[] = {
		{ KIMG_OOPS_WARNING, 189, 8, 55 },
		{ KIMG_OOPS_NULL_POINTER, 191, 56, 112 },
		{ KIMG_OOPS_BUG, 193, 114, 163 },
		{ KIMG_OOPS_GENERAL_PROTECTION, 195, 165, 216 },
	};
	static const struct expected hung[] = {
		{ KIMG_OOPS_HUNG_TASK, 133, 11, 24 },
		{ KIMG_OOPS_HUNG_TASK, 133, 27, 40 },
	};
	/* The segmentation fault between them, with its own "Code:", is of neither. */
	static const struct expected atomic[] = {
		{ KIMG_OOPS_ATOMIC, 133, 2, 41, 40 },
		{ KIMG_OOPS_ATOMIC, 133, 44, 69, 26 },
	};

	ASSERT_REPORTS("x86_64-6.12-warn-null-bug-gp.log", kinds);
	ASSERT_REPORTS("x86_64-6.1-hung.log", hung);
	ASSERT_REPORTS("x86_64-6.1-atomic.log", atomic);
}

static void a_panic_belongs_to_the_oops_before_it(void **state)
{
	static const struct expected oops[] = { { KIMG_OOPS_NULL_POINTER, 178, 9, 69, 61 } };
	static const struct expected panic[] = { { KIMG_OOPS_PANIC, 1, 2, 42, 41 } };

	ASSERT_REPORTS("x86_64-6.12-panic.log", oops);
	ASSERT_REPORTS("x86_64-6.1-init.log", panic);
}

static void messages_of_the_boot_are_no_reports(void **state)
{
	static const struct expected expected[] = { { KIMG_OOPS_WARNING, 0, 12, 31, 20 } };

	ASSERT_REPORTS("i386-boot-warn.log", expected);
}

/* Both columns are there, so that nothing has to be guessed. */
static void callers_tell_reports_apart(void **state)
{
	struct reports reports;

	read_log("[    1.000000][    T5] ------------[ cut here ]------------\n"
		 "[    1.000001][    T6] ------------[ cut here ]------------\n"
		 "[    1.000002][    T5] WARNING: CPU: 0 PID: 5 at a.c:1 a+0x1/0x9\n"
		 "[    1.000003][    T6] WARNING: CPU: 1 PID: 6 at b.c:1 b+0x1/0x9\n"
		 "[    1.000004][    T6] CPU: 1 PID: 6 Comm: b Not tainted 6.1.0 #1\n"
		 "[    1.000005][    T5] CPU: 0 PID: 5 Comm: a Not tainted 6.1.0 #1\n"
		 "[    1.000006][    T6] RIP: 0010:b+0x1/0x9\n"
		 "[    1.000007][    T5] RIP: 0010:a+0x1/0x9\n"
		 "[    1.000008][    T5] Call Trace:\n"
		 "[    1.000009][    T6] Call Trace:\n"
		 "[    1.000010][    T5]  <TASK>\n"
		 "[    1.000011][    T6]  <TASK>\n"
		 "[    1.000012][    T5]  a1+0x1/0x9\n"
		 "[    1.000013][    T6]  b1+0x1/0x9\n"
		 "[    1.000014][    T6]  b2+0x1/0x9\n"
		 "[    1.000015][    T5]  a2+0x1/0x9\n"
		 "[    1.000016][    T5]  </TASK>\n"
		 "[    1.000017][    T6]  </TASK>\n"
		 "[    1.000018][    T6] ---[ end trace 0000000000000000 ]---\n"
		 "[    1.000019][    T5] ---[ end trace 0000000000000000 ]---\n",
		 &reports);
	assert_int_equal(reports.count, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct kimg_oops *oops = reports.all[i];

		assert_int_equal(oops->line_count, 10);
		assert_int_equal(oops->pid, 5 + i);
		assert_int_equal(oops->blocks[0].frame_count, 2);
		assert_string_equal(oops->blocks[0].frames[1].symbol, i ? "b2" : "a2");
		assert_false(oops->truncated || oops->corrupted);
	}
	free_reports(&reports);
}

static void mixed_lines_are_told(void **state)
{
	struct reports reports;

	read_log("[    1.000000] ------------[ cut here ]------------\n"
		 "[    1.000001] ------------[ cut here ]------------\n"
		 "[    1.000002] WARNING: CPU: 0 PID: 5 at a.c:1 a+0x1/0x9\n"
		 "[    1.000003] WARNING: CPU: 1 PID: 6 at b.c:1 b+0x1/0x9\n"
		 "[    1.000004] CPU: 1 PID: 6 Comm: b Not tainted 6.1.0 #1\n"
		 "[    1.000005] CPU: 0 PID: 5 Comm: a Not tainted 6.1.0 #1\n"
		 "[    1.000006] Call Trace:\n"
		 "[    1.000007] Call Trace:\n"
		 "[    1.000008]  a1+0x1/0x9\n"
		 "[    1.000009]  b1+0x1/0x9\n"
		 "[    1.000010] ---[ end trace 0000000000000000 ]---\n"
		 "[    1.000011] ---[ end trace 0000000000000000 ]---\n",
		 &reports);
	assert_int_equal(reports.count, 2);
	assert_int_equal(reports.all[0]->pid + reports.all[1]->pid, 11);
	assert_true(reports.all[0]->corrupted && reports.all[1]->corrupted);
	assert_true(reports.all[0]->note_count > 0);
	free_reports(&reports);
}

static const char warning[] = "[    1.000000] ------------[ cut here ]------------\n"
			      "[    1.000001] WARNING: CPU: 0 PID: 5 at a.c:1 a+0x1/0x9\n"
			      "[    1.000002] Modules linked in:\n"
			      "[    1.000003] CPU: 0 PID: 5 Comm: a Not tainted 6.1.0 #1\n"
			      "[    1.000004] RIP: 0010:a+0x1/0x9\n"
			      "[    1.000005] Call Trace:\n"
			      "[    1.000006]  <TASK>\n"
			      "[    1.000007]  b+0x1/0x9\n"
			      "[    1.000008]  </TASK>\n"
			      "[    1.000009] ---[ end trace 0000000000000000 ]---\n";

/* Each line of the warning with others before it, which are of nobody; but "[ cut here ]" takes what follows. */
static void foreign_lines_are_left_out(void **state)
{
	cleanup_buf struct buf log = { 0 };
	struct reports reports;

	for (const char *line = warning; *line; line = strchr(line, '\n') + 1) {
		if (!strstr(line, "WARNING"))
			buf_puts(&log, "[    1.000005] usb 1-1: new high-speed USB device\n");
		buf_puts(&log, "Segmentation fault\n### marker\nffffffff01e6b1e4 t .L0 [kcrash]\n");
		buf_add(&log, line, strchr(line, '\n') + 1 - line);
	}
	read_log(log.p, &reports);
	assert_int_equal(reports.count, 1);
	assert_int_equal(reports.all[0]->line_count, 10);
	assert_int_equal(reports.all[0]->blocks[0].frame_count, 1);
	assert_false(reports.all[0]->truncated || reports.all[0]->corrupted);
	free_reports(&reports);
}

static void what_is_cut_off_is_told(void **state)
{
	for (const char *end = strchr(warning, '\n'); end[1]; end = strchr(end + 1, '\n')) {
		cleanup_buf struct buf log = { 0 };
		struct reports reports;

		buf_add(&log, warning, end + 1 - warning);
		read_log(log.p, &reports);
		/* "[ cut here ]" alone is nothing yet. */
		assert_int_equal(reports.count, log.n > 64);
		if (reports.count)
			assert_true(reports.all[0]->truncated && reports.all[0]->note_count > 0);
		free_reports(&reports);
	}
}

static void a_missing_beginning_is_told(void **state)
{
	struct reports reports;

	read_log(strstr(warning, "[    1.000002]"), &reports);
	assert_int_equal(reports.count, 1);
	assert_true(reports.all[0]->corrupted);
	free_reports(&reports);
}

static void a_pause_ends_a_report(void **state)
{
	cleanup_buf struct buf log = { 0 };
	struct reports reports;

	buf_puts(&log, warning);
	buf_puts(&log, "[   60.000000] CPU: 0 PID: 5 Comm: a Not tainted 6.1.0 #1\n"
		       "[   60.000001] Call Trace:\n[   60.000002]  c+0x1/0x9\n");
	read_log(log.p, &reports);
	assert_int_equal(reports.count, 2);
	assert_int_equal(reports.all[0]->line_count, 10);
	assert_int_equal(reports.all[1]->line_count, 3);
	free_reports(&reports);
}

/* The console, /dev/kmsg and dmesg in one file. */
static void the_same_log_again(void **state)
{
	cleanup_buf struct buf log = { 0 };
	struct reports reports;

	for (int i = 0; i < 3; i++)
		buf_puts(&log, warning);
	read_log(log.p, &reports);
	assert_int_equal(reports.count, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(reports.all[i]->line_count, 10);
		assert_int_equal(reports.all[i]->lines[0].number, 10 * i + 1);
		assert_false(reports.all[i]->truncated);
	}
	free_reports(&reports);
}

static void dropped_messages_are_told(void **state)
{
	cleanup_buf struct buf log = { 0 };
	const char *middle = strstr(warning, "[    1.000005]");
	struct reports reports;

	buf_add(&log, warning, middle - warning);
	buf_puts(&log, "** 12 printk messages dropped **\n");
	buf_puts(&log, middle);
	read_log(log.p, &reports);
	assert_int_equal(reports.count, 1);
	assert_true(reports.all[0]->corrupted);
	assert_int_equal(reports.all[0]->line_count, 10);
	free_reports(&reports);
}

static void a_gap_between_parts_of_a_dump_ends_a_report(void **state)
{
	cleanup_buf struct buf log = { 0 };
	const char *middle = strstr(warning, "[    1.000005]");
	struct reports reports;

	buf_puts(&log, "Oops#1 Part1\n");
	buf_puts(&log, middle);
	buf_puts(&log, "Oops#1 Part2\n");
	buf_add(&log, warning, middle - warning);
	read_log(log.p, &reports);
	assert_int_equal(reports.count, 2);
	assert_int_equal(reports.all[0]->line_count, 5);
	assert_int_equal(reports.all[1]->line_count, 5);
	assert_true(reports.all[1]->truncated);
	free_reports(&reports);

	log.n = 0;
	buf_puts(&log, "Oops#1 Part2\n");
	buf_add(&log, warning, middle - warning);
	buf_puts(&log, "Oops#1 Part1\n");
	buf_puts(&log, middle);
	read_log(log.p, &reports);
	assert_int_equal(reports.count, 1);
	assert_int_equal(reports.all[0]->line_count, 10);
	free_reports(&reports);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(oopses_of_two_cpus),
		cmocka_unit_test(warnings_of_two_cpus),
		cmocka_unit_test(reports_one_after_the_other),
		cmocka_unit_test(a_panic_belongs_to_the_oops_before_it),
		cmocka_unit_test(messages_of_the_boot_are_no_reports),
		cmocka_unit_test(callers_tell_reports_apart),
		cmocka_unit_test(mixed_lines_are_told),
		cmocka_unit_test(foreign_lines_are_left_out),
		cmocka_unit_test(what_is_cut_off_is_told),
		cmocka_unit_test(a_missing_beginning_is_told),
		cmocka_unit_test(a_pause_ends_a_report),
		cmocka_unit_test(the_same_log_again),
		cmocka_unit_test(dropped_messages_are_told),
		cmocka_unit_test(a_gap_between_parts_of_a_dump_ends_a_report),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
