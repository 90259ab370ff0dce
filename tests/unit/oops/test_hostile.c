/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Logs that were made to hurt. */
#include "unit.h"

#include "base/buf.h"
#include "kimg/oops.h"

struct seen {
	uint64_t reports;
	uint64_t last_first_line;
	size_t longest;
	bool truncated;
};

static void count_report(void *context, struct kimg_oops *oops)
{
	struct seen *seen = context;

	assert_true(oops->line_count > 0);
	assert_true(oops->lines[0].number >= seen->last_first_line);
	seen->last_first_line = oops->lines[0].number;
	seen->longest = oops->line_count > seen->longest ? oops->line_count : seen->longest;
	seen->truncated |= oops->truncated;
	assert_int_equal(oops->number, ++seen->reports);
	kimg_oops_free(oops);
}

static struct kimg_oops_reader *open_reader(struct seen *seen)
{
	const struct kimg_oops_reader_options options = {
		.limits = KIMG_LIMITS_DEFAULT,
		.report = count_report,
		.context = seen,
	};
	struct kimg_oops_reader *reader;

	*seen = (struct seen){ 0 };
	assert_ok(kimg_oops_reader_new(&options, &reader));
	return reader;
}

static void feed(struct kimg_oops_reader *reader, const char *text)
{
	assert_ok(kimg_oops_reader_feed(reader, text, strlen(text)));
}

static void close_reader(struct kimg_oops_reader *reader)
{
	assert_ok(kimg_oops_reader_flush(reader));
	kimg_oops_reader_free(reader);
}

static void a_hundred_thousand_starts(void **state)
{
	static const char *const starts[] = {
		"------------[ cut here ]------------\n",
		"BUG: kernel NULL pointer dereference, address: 0000000000000000\n",
		"[    1.000000][    T5] WARNING: CPU: 0 PID: 5 at a.c:1 a+0x1/0x9\n",
		"Kernel panic - not syncing: Fatal exception\n",
		"Call Trace:\n",
		"Oops: 0000 [#1]\n",
		"rcu: INFO: rcu_preempt self-detected stall on CPU\n",
	};
	struct seen seen;
	struct kimg_oops_reader *reader = open_reader(&seen);

	for (unsigned int i = 0; i < 100000; i++)
		feed(reader, starts[i * 7919 % 101 % (sizeof(starts) / sizeof(*starts))]);
	close_reader(reader);
	assert_true(seen.reports > 1000);
}

static void a_report_that_never_ends(void **state)
{
	struct seen seen;
	struct kimg_oops_reader *reader = open_reader(&seen);

	feed(reader,
	     "BUG: kernel NULL pointer dereference, address: 0000000000000000\nCall Trace:\n");
	for (unsigned int i = 0; i < 150000; i++)
		feed(reader, " vfs_write+0xf8/0x440\n");
	close_reader(reader);
	assert_int_equal(seen.longest, 65536);
	assert_true(seen.truncated);
}

/* No more of a line is kept than a message of the kernel can have. */
static void lines_of_megabytes(void **state)
{
	static char junk[1 << 16];
	struct seen seen;
	struct kimg_oops_reader *reader = open_reader(&seen);

	memset(junk, 'x', sizeof(junk));
	for (unsigned int line = 0; line < 3; line++) {
		feed(reader, "[    1.000000] BUG: kernel NULL pointer dereference, address: 0 ");
		for (unsigned int i = 0; i < 32; i++)
			assert_ok(kimg_oops_reader_feed(reader, junk, sizeof(junk)));
		assert_int_equal(kimg_oops_reader_settled(reader), line ? 1 : 1);
		feed(reader, "\n");
	}
	close_reader(reader);
	assert_true(seen.reports >= 1);
}

static void bytes_of_all_kinds(void **state)
{
	struct seen seen;
	struct kimg_oops_reader *reader = open_reader(&seen);
	uint32_t random = 1;

	for (unsigned int i = 0; i < 1 << 16; i++) {
		uint8_t byte;

		random = random * 1103515245 + 12345;
		byte = random >> 16;
		assert_ok(kimg_oops_reader_feed(reader,
						byte % 16 ? &byte : (const uint8_t *)"\n<4>[ 1.0] ",
						byte % 16 ? 1 : 11));
	}
	/* Each of these asks for an end that never comes. */
	for (unsigned int i = 0; i < 1000; i++)
		feed(reader, "\x1b]0;\x1b[\xff\xfa__CURSOR=\n__CURSOR=a\nMESSAGE\n");
	close_reader(reader);
}

static void lines_that_all_wait_for_more(void **state)
{
	struct seen seen;
	struct kimg_oops_reader *reader = open_reader(&seen);

	feed(reader, "Content-Transfer-Encoding: quoted-printable\n");
	for (unsigned int i = 0; i < 100000; i++)
		feed(reader, "a soft line break, one after the other, without an end to it=\n");
	close_reader(reader);
	assert_int_equal(seen.reports, 0);
}

/* What is settled never goes back, and is behind every report that is still open. */
static void settled_lines(void **state)
{
	struct seen seen;
	struct kimg_oops_reader *reader = open_reader(&seen);

	assert_int_equal(kimg_oops_reader_settled(reader), 1);
	feed(reader, "[    1.000000] usb 1-1: new device\n[    1.5");
	assert_int_equal(kimg_oops_reader_settled(reader), 2);
	feed(reader, "00000][    T5] BUG: kernel NULL pointer dereference, address: 0\n");
	assert_int_equal(kimg_oops_reader_settled(reader), 2);
	feed(reader, "[    1.500001][    T6] BUG: kernel NULL pointer dereference, address: 0\n");
	feed(reader, "[    1.500002][    T6] Oops: 0000 [#1] SMP\n"
		     "[    1.500003][    T6] ---[ end trace 0000000000000000 ]---\n");
	assert_int_equal(kimg_oops_reader_settled(reader), 2);
	/* Time ends both. */
	feed(reader, "[   99.000000][    T1] usb 1-1: new device\n");
	assert_int_equal(seen.reports, 2);
	assert_int_equal(kimg_oops_reader_settled(reader), 7);
	close_reader(reader);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hundred_thousand_starts),
		cmocka_unit_test(a_report_that_never_ends),
		cmocka_unit_test(lines_of_megabytes),
		cmocka_unit_test(bytes_of_all_kinds),
		cmocka_unit_test(lines_that_all_wait_for_more),
		cmocka_unit_test(settled_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
