/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "base/buf.h"
#include "oops/reports.h"

/* Shortened from a crash of Debian's 6.12.117 in QEMU. */
static const char null_pointer[] =
	"[    8.400000] random: crng init done\n"
	"[    8.445871] BUG: kernel NULL pointer dereference, address: 0000000000000000\n"
	"[    8.446180] #PF: supervisor read access in kernel mode\n"
	"[    8.446555] Oops: Oops: 0000 [#2] PREEMPT SMP NOPTI\n"
	"[    8.446675] CPU: 0 UID: 0 PID: 186 Comm: init Tainted: G      D    OE      "
	"6.12.117+deb13-amd64 #1  Debian 6.12.117-1\n"
	"[    8.447193] RIP: 0010:kc_level3+0x5/0x20 [kcrash]\n"
	"[    8.448712] Call Trace:\n"
	"[    8.448789]  <TASK>\n"
	"[    8.448851]  kc_level2+0xa/0x30 [kcrash]\n"
	"[    8.453699]  ? prep_new_page+0xc7/0x1b0\n"
	"[    8.455267] RIP: 0033:0x47b7a0\n"
	"[    8.456618]  </TASK>\n"
	"[    8.456879] ---[ end trace 0000000000000000 ]---\n";

static void a_report_is_found(void **state)
{
	struct reports reports;
	const struct kimg_oops *oops;

	read_log(null_pointer, &reports);
	assert_int_equal(reports.count, 1);
	oops = reports.all[0];
	assert_int_equal(oops->kind, KIMG_OOPS_NULL_POINTER);
	assert_int_equal(oops->arch, KIMG_OOPS_ARCH_X86);
	assert_int_equal(oops->pid, 186);
	assert_string_equal(oops->comm, "init");
	assert_int_equal(oops->lines[0].number, 2);
	assert_int_equal(oops->time, 8445871);
	assert_int_equal(oops->blocks[0].frame_count, 2);
	assert_string_equal(oops->blocks[0].pc.symbol, "kc_level3");
	assert_string_equal(oops->blocks[0].frames[0].module, "kcrash");
	assert_string_equal(oops->blocks[0].frames[0].context, "TASK");
	assert_true(oops->blocks[0].frames[1].unreliable);
	assert_true(oops->blocks[1].user);
	free_reports(&reports);
}

/* journalctl -o json leaves long messages out: that part of the report is missing there, and it says so. */
static void messages_that_are_too_long_are_told(void **state)
{
	static const char *const lines[] = {
		"\"BUG: kernel NULL pointer dereference, address: 0000000000000000\"",
		"\"Oops: 0000 [#1] SMP\"",
		"\"CPU: 0 PID: 1 Comm: init Not tainted 6.1.0-test #1\"",
		"\"RIP: 0010:do_one+0x5/0x40\"",
		"null",
		"\"Call Trace:\"",
		"\" do_two+0x20/0x80\"",
		"\"---[ end trace 0000000000000000 ]---\"",
	};
	cleanup_buf struct buf log = { 0 };
	struct reports reports;
	bool told = false;

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		buf_printf(&log, "{\"_TRANSPORT\":\"kernel\",\"MESSAGE\":%s}\n", lines[i]);
	read_log(log.p, &reports);
	assert_int_equal(reports.count, 1);
	for (size_t i = 0; i < reports.all[0]->note_count; i++)
		told |= strstr(reports.all[0]->notes[i], "4096") != NULL;
	assert_true(told);
	free_reports(&reports);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_report_is_found),
		cmocka_unit_test(messages_that_are_too_long_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
