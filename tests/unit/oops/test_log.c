/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "base/buf.h"
#include "oops/log.h"

/* A record as "[time] (caller) <level> |text|", without what it does not have. */
static void write_record(void *context, const struct log_record *record)
{
	struct buf *out = context;

	if (record->has_time)
		buf_printf(out, "[%llu] ", (unsigned long long)record->time);
	if (record->caller.n)
		buf_printf(out, "(%.*s) ", (int)record->caller.n, record->caller.p);
	if (record->level >= 0)
		buf_printf(out, "<%d> ", record->level);
	if (record->damaged)
		buf_puts(out, "damaged ");
	if (record->gap)
		buf_puts(out, "gap ");
	if (record->note)
		buf_puts(out, "note ");
	buf_printf(out, "|%.*s|\n", (int)record->text.n, record->text.p);
}

/* The records of lines, the last of which need not end in a newline. */
static struct buf records_of(struct span text)
{
	struct buf out = { 0 };
	struct log log = { .record = write_record, .context = &out };
	uint64_t number = 1;

	while (text.n) {
		const uint8_t *newline = memchr(text.p, '\n', text.n);
		struct span line =
			span_clip(text, 0, newline ? (size_t)(newline - text.p) : text.n);

		assert_ok(log_line(&log, line, number++, 0, false));
		text = span_from(text, line.n + 1);
	}
	assert_ok(log_flush(&log));
	log_done(&log);
	return out;
}

static void assert_records(struct span text, const char *expected)
{
	cleanup_buf struct buf out = records_of(text);

	assert_string_equal(out.p ? out.p : "", expected);
}

struct form {
	const char *line;
	const char *records;
};

static void assert_forms(const struct form *forms, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_records(span_of(forms[i].line, strlen(forms[i].line)), forms[i].records);
}

#define ASSERT_FORMS(forms) assert_forms((forms), sizeof(forms) / sizeof(*(forms)))

static void forms_of_the_kernel(void **state)
{
	static const struct form forms[] = {
		{ "Call Trace:", "|Call Trace:|\n" },
		{ "  kc_level2+0xa/0x30 [kcrash]", "|  kc_level2+0xa/0x30 [kcrash]|\n" },
		{ "[    4.303213] Call Trace:", "[4303213] |Call Trace:|\n" },
		{ "[    4.303213]  kc_level2+0xa/0x30 [kcrash]\r",
		  "[4303213] | kc_level2+0xa/0x30 [kcrash]|\n" },
		{ "[12690.42] text", "[12690420000] |text|\n" },
		{ "[12345.678901] ", "[12345678901] ||\n" },
		{ "[12345.678901]", "[12345678901] ||\n" },
		{ "[  772.918915][    T22] text", "[772918915] (T22) |text|\n" },
		{ "[  772.918915][    C0]  frame+0x1/0x2", "[772918915] (C0) | frame+0x1/0x2|\n" },
		{ "[  772.918915] (T34) text", "[772918915] (T34) |text|\n" },
		{ "[  772.918915][ T22@C1 kworker/1] text",
		  "[772918915] (T22@C1 kworker/1) |text|\n" },
		{ "<4>[    4.303213] text", "[4303213] <4> |text|\n" },
		{ "<4>text", "<4> |text|\n" },
		{ "<12>[    4.303213] text", "[4303213] <4> |text|\n" },
		{ "<TASK>", "|<TASK>|\n" },
		{ "[<c0123456>] f+0x1/0x2", "|[<c0123456>] f+0x1/0x2|\n" },
		{ "[c000000000123456] [c000000000123456] f+0x1/0x2",
		  "|[c000000000123456] [c000000000123456] f+0x1/0x2|\n" },
		{ "[    4.303213] [<c0123456>] f+0x1/0x2", "[4303213] |[<c0123456>] f+0x1/0x2|\n" },
		{ "login: [    4.303213] text", "[4303213] |text|\n" },
		{ "a [1.5] b", "|a [1.5] b|\n" },
	};

	ASSERT_FORMS(forms);
}

static void forms_of_dmesg(void **state)
{
	static const struct form forms[] = {
		{ "kern  :warn  : [    4.303213] text", "[4303213] <4> |text|\n" },
		{ "kern  :emerg : text", "<0> |text|\n" },
		{ "kern  :info  : [Sun Nov 22 09:31:01 2026] text", "<6> |text|\n" },
		{ "[Sun Nov 22 09:31:01 2026] text", "|text|\n" },
		{ "[Sun Nov 22 09:31:01 2026]  frame+0x1/0x2", "| frame+0x1/0x2|\n" },
		{ "2026-11-22T09:31:01,123456+00:00 Call Trace:", "|Call Trace:|\n" },
		{ "2026-11-22T09:31:01,123456+00:00  frame+0x1/0x2", "| frame+0x1/0x2|\n" },
		{ "[Nov22 09:31] text", "|text|\n" },
		{ "[  +0.000012] text", "|text|\n" },
		{ "[    4.303213 <    0.000012>] text", "[4303213] |text|\n" },
		{ "[<    0.000012>] text", "|text|\n" },
	};

	ASSERT_FORMS(forms);
}

static void forms_of_syslog(void **state)
{
	static const struct form forms[] = {
		{ "Nov 22 09:31:01 host kernel: [12690.42] text", "[12690420000] |text|\n" },
		{ "Nov  2 09:31:01 host kernel: text", "|text|\n" },
		{ "Nov 22 09:31:01 host kernel:  frame+0x1/0x2", "| frame+0x1/0x2|\n" },
		{ "Nov 22 09:31:01 host kernel:  <1>Unable to", "<1> |Unable to|\n" },
		{ "Nov 22 09:31:01 host kernel: [    4.303213]  frame+0x1/0x2",
		  "[4303213] | frame+0x1/0x2|\n" },
		{ "Nov 22 09:31:01 host kernel: [    4.303213][   T22] text",
		  "[4303213] (T22) |text|\n" },
		{ "Nov 22 09:31:01 host kern.warn kernel: [    4.303213] text",
		  "[4303213] |text|\n" },
		{ "Sun Nov 22 09:31:01 2026 kern.warn kernel: [    4.303213] text",
		  "[4303213] |text|\n" },
		{ "Nov 22 09:31:01.123456 host kernel: text", "|text|\n" },
		{ "Sun 2026-11-22 09:31:01 UTC host kernel: text", "|text|\n" },
		{ "2026-11-22T09:31:01.123456+00:00 host kernel: [    4.303213] text",
		  "[4303213] |text|\n" },
		{ "2026-11-22T09:31:01+0000 host kernel: text", "|text|\n" },
		{ "1670000000.123456 host kernel: text", "|text|\n" },
		{ "[  123.456789] host kernel:  frame+0x1/0x2", "[123456789] | frame+0x1/0x2|\n" },
		{ "Nov 22 09:31:01 host systemd[1]: Started it.", "" },
		{ "Nov 22 09:31:01 host 10.0.0.1 [    4.303213] text", "[4303213] |text|\n" },
		{ "<4>1 2026-11-22T09:31:01.123Z host kernel - - - [    4.303213] text",
		  "[4303213] <4> |text|\n" },
		{ "<4>1 2026-11-22T09:31:01Z host kernel - - [a@1 b=\"c\\]\"] text",
		  "<4> |text|\n" },
		{ "<30>1 2026-11-22T09:31:01Z host cron 12 - - text", "" },
		{ "4|kern|host|Nov 22|[    4.303213] text", "[4303213] |text|\n" },
		{ "01-01 00:00:00.000     0     0 W         : [    4.303213] text",
		  "[4303213] |text|\n" },
		{ "01-01 00:00:00.000   123   123 I chatty  : text", "" },
		{ "09:31:01.123456  <4>[    4.303213] text", "[4303213] <4> |text|\n" },
		{ "[2026-11-22 09:31:01.5] [    4.303213] text", "[4303213] |text|\n" },
		{ "2026-11-22T09:31:01.123456789Z [    4.303213] text", "[4303213] |text|\n" },
	};

	ASSERT_FORMS(forms);
}

static void other_programs_of_a_monotonic_journal_are_left_out(void **state)
{
	assert_records(SPAN_LITERAL("[    1.000000] host kernel: one\n"
				    "[    2.000000] host systemd[1]: two\n"
				    "[    3.000000] host kernel: three\n"),
		       "[1000000] |one|\n[3000000] |three|\n");
}

static void forms_of_vendors(void **state)
{
	static const struct form forms[] = {
		{ "<6>[   12.345678]  (0)[123:comm]text", "[12345678] (123:comm) <6> |text|\n" },
		{ "<6>[   12.345678] I[0:      swapper/0:    1] text",
		  "[12345678] (0:      swapper/0:    1) <6> |text|\n" },
		{ "[    1.234567,1] text", "[1234567] |text|\n" },
		{ "[    1.234567 / 01-01 00:00:00.000] text", "[1234567] |text|\n" },
	};

	ASSERT_FORMS(forms);
}

static void records_of_dev_kmsg(void **state)
{
	assert_records(SPAN_LITERAL("4,464,13056919,-;text\n"
				    " SUBSYSTEM=pci\n"
				    " DEVICE=+pci:0000:00:01.0\n"
				    "4,465,13056920,-,caller=T123;  frame+0x1/0x2\n"
				    "12,466,13056921,c;a\\x0ab\\x5cc\\x1b[m\\x0a\n"
				    "6,467,13056922,-,new=1,caller=C0;\n"),
		       "[13056919] <4> |text|\n"
		       "[13056920] (T123) <4> |  frame+0x1/0x2|\n"
		       "[13056921] <4> |a|\n"
		       "[13056921] <4> |b\\c [m|\n"
		       "[13056922] (C0) <6> ||\n");
}

static void messages_as_json(void **state)
{
	static const struct form forms[] = {
		{ "{\"_TRANSPORT\":\"kernel\",\"MESSAGE\":\" f+0x1/0x2\",\"PRIORITY\":\"4\"}",
		  "<4> | f+0x1/0x2|\n" },
		{ "{ \"_SOURCE_MONOTONIC_TIMESTAMP\" : \"4303213\", \"MESSAGE\" : [72, 105] }",
		  "[4303213] |Hi|\n" },
		{ "{\"MESSAGE\":\"a\\nb\\u0022\\u00e4\\u001b[2J\\\\\"}",
		  "|a|\n|b\"\xc3\xa4[2J\\|\n" },
		{ "{\"MESSAGE\":\"[    1.000000] text\"}", "[1000000] |text|\n" },
		{ "{\"_TRANSPORT\":\"syslog\",\"MESSAGE\":\"BUG: x\"}", "" },
		{ "{\"MESSAGE\":\"cut", "|{\"MESSAGE\":\"cut|\n" },
		{ "{\"MESSAGE\":{\"a\":1}}", "|{\"MESSAGE\":{\"a\":1}}|\n" },
		/* too long for journalctl; a note tells it to the report */
		{ "{\"MESSAGE\":null}", "" },
		{ "{\"MESSAGE\":null", "|{\"MESSAGE\":null|\n" },
		{ "{}", "|{}|\n" },
		{ "      },{\n         \"pri\": 4,\n         \"time\":     4.303213,\n"
		  "         \"msg\": \"text\"\n         \"msg\": \"more\"",
		  "[4303213] <4> |text|\n<4> |more|\n" },
	};

	assert_forms(forms, ARRAY_SIZE(forms));
}

static void entries_of_the_journal(void **state)
{
	assert_records(SPAN_LITERAL("__CURSOR=s=1\n_TRANSPORT=kernel\nPRIORITY=4\n"
				    "_SOURCE_MONOTONIC_TIMESTAMP=4303213\nMESSAGE= one\n\n"
				    "__CURSOR=s=2\nMESSAGE=two\n_TRANSPORT=syslog\n\n"
				    "__CURSOR=s=3\nMESSAGE\n\x07\0\0\0\0\0\0\0three\n4\n"
				    "_TRANSPORT=kernel\n\n"
				    "__CURSOR=s=5\nMESSAGE\n\n\0\0\0\0\0\0\0five\nsixty\n"
				    "_TRANSPORT=kernel\n"),
		       "[4303213] <4> | one|\n|three|\n|4|\n|five|\n|sixty|\n");
}

static void mails(void **state)
{
	static const struct form forms[] = {
		{ "> [    4.303213] text", "[4303213] |text|\n" },
		{ "> > <4>[    4.303213]  frame+0x1/0x2", "[4303213] <4> | frame+0x1/0x2|\n" },
		{ ">> [    4.303213] text", "[4303213] |text|\n" },
		{ "Content-Transfer-Encoding: quoted-printable\n[    4.303213] a=3D1 b=\n c=20\n",
		  "|Content-Transfer-Encoding: quoted-printable|\n[4303213] |a=1 b c |\n" },
		{ "[    4.303213] CPU: 0 PID: 1 Comm: init Tainted: G        W   6.12.117+deb1=\n"
		  "3-amd64 #1\n[    4.303214] a=3D\n",
		  "[4303213] |CPU: 0 PID: 1 Comm: init Tainted: G        W   6.12.117+deb13-amd64 "
		  "#1|\n[4303214] |a=3D|\n" },
	};

	ASSERT_FORMS(forms);
}

static void parts_of_dumps(void **state)
{
	assert_records(SPAN_LITERAL("Oops#1 Part2\n<4>[    1.000000] a\n"
				    "Oops#1 Part1\n<4>[    2.000000] b\n"),
		       "[1000000] <4> gap |a|\n[2000000] <4> |b|\n");
	assert_records(SPAN_LITERAL("====1670000000.123456-D\nOops#1 Part1\n[    2.000000] b\n"
				    "Panic#2 Part2\n[    1.000000] a\n"),
		       "[2000000] gap |b|\n[1000000] gap note |a|\n");
}

static void bytes_that_are_no_text(void **state)
{
	assert_records(
		SPAN_LITERAL("\x1b[0;31m[    4.303213] a\x1b[0m b\x1b]0;title\x07 c\x1b(B d"),
		"[4303213] |a b c d|\n");
	assert_records(SPAN_LITERAL("\xff\xfd\x01[    4.303213] a"), "[4303213] |a|\n");
	assert_records(SPAN_LITERAL("\xef\xbb\xbf[    4.303213] a"), "[4303213] |a|\n");
	assert_records(SPAN_LITERAL("\x01"
				    "4[    4.303213] a"),
		       "[4303213] |a|\n");
	assert_records(SPAN_LITERAL("[    4.303213] ab\0cd"), "[4303213] damaged |abcd|\n");
	assert_records(SPAN_LITERAL("[    4.303213] a\xc3\xa4\b\bb"), "[4303213] |b|\n");
	assert_records(SPAN_LITERAL("\xff\xfe<\0"
				    "4\0>\0a\0\r\0\n\0<\0"
				    "5\0>\0b\0"),
		       "<4> |a|\n<5> |b|\n");
	assert_records(SPAN_LITERAL("noise\r[    4.303213] a\n\r[    4.303214] b\r\n"),
		       "|noise|\n[4303213] |a|\n[4303214] |b|\n");
	assert_records(SPAN_LITERAL("\xc2\xa2    4.303213! \xc2\xa2<0123>! f+0x1/0x2 a!"),
		       "[4303213] |[<0123>] f+0x1/0x2 a!|\n");
	assert_records(SPAN_LITERAL("[    4.303213] \xe2\x82\xac \x1b"),
		       "[4303213] |\xe2\x82\xac |\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms_of_the_kernel),
		cmocka_unit_test(forms_of_dmesg),
		cmocka_unit_test(forms_of_syslog),
		cmocka_unit_test(other_programs_of_a_monotonic_journal_are_left_out),
		cmocka_unit_test(forms_of_vendors),
		cmocka_unit_test(records_of_dev_kmsg),
		cmocka_unit_test(messages_as_json),
		cmocka_unit_test(entries_of_the_journal),
		cmocka_unit_test(mails),
		cmocka_unit_test(parts_of_dumps),
		cmocka_unit_test(bytes_that_are_no_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
