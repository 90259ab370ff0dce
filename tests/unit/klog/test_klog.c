/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "klog/klog.h"

static const char *const crash[] = {
	"quiet",
	"BUG: kernel NULL pointer dereference, address: 0000000000000000",
	"Oops: Oops: 0000 [#1] PREEMPT SMP NOPTI",
	"CPU: 0 UID: 0 PID: 186 Comm: init Not tainted 6.12.0-test #1",
	"RIP: 0010:kc_level3+0x5/0x20 [kcrash]",
	"Call Trace:",
	" kc_level2+0xa/0x30 [kcrash]",
	"---[ end trace 0000000000000000 ]---",
};

/* What journald writes back with ForwardToKMsg=yes, and what only looks so. */
static const char *const written_back[] = {
	"kernel[1]: quiet",      "kernel[77]: kernel[1]: quiet",
	"klogd[SELF]: started.", "kernel: quiet",
	"kernel[]: quiet",       "kernel[1] quiet",
	"klogd[1]: another one", "kernels[1]: quiet",
};

/* A /dev/kmsg that has the first of these records by now. */
struct device {
	const char *const *texts;
	size_t count, at;
	unsigned int facility;
};

static ssize_t read_device(struct source *source, void *bytes, size_t size)
{
	struct device *device = source->context;
	const char *text;
	char own[64];
	int n;

	if (device->at == device->count)
		return -EAGAIN;
	text = device->texts[device->at];
	snprintf(own, sizeof(own), "klogd[%ld]: started.", (long)getpid());
	if (strcmp(text, "klogd[SELF]: started.") == 0)
		text = own;
	n = snprintf(bytes, size, "%u,%zu,%zu,-;%s\n", device->facility << 3 | 1, device->at,
		     device->at, text);
	device->at++;
	return n;
}

/* What the sink got: numbers of records, and of the lines of reports. */
static bool keep(void *context, const struct kimg_klog_message *message)
{
	struct buf *got = context;

	if (message->kind == KIMG_KLOG_RECORD)
		buf_printf(got, "%u ", (unsigned int)message->sequence);
	else if (message->kind == KIMG_KLOG_REPORT)
		buf_printf(got, "report of %zu lines ", message->oops->line_count);
	else
		buf_printf(got, "%s ", message->text);
	return true;
}

/* A run that ends when there is no more: as by SIGTERM, or with --once. */
static void run_texts(const char *const *texts, size_t count, unsigned int facility, bool once,
		      const char *wanted)
{
	struct kimg_klog_options options = KIMG_KLOG_OPTIONS_DEFAULT;
	struct device device = { .texts = texts, .count = count, .facility = facility };
	enum kimg_klog_state state = KIMG_KLOG_IDLE;
	cleanup_buf struct buf got = { 0 };
	struct kimg_klog *klog;
	int wait;

	options.source = KIMG_KLOG_FILE;
	options.input = "/dev/null";
	options.state = "position";
	assert_ok(kimg_klog_new(&options, &klog));
	close(klog->source.fd);
	klog->source.fd = -1;
	klog->source.read = read_device;
	klog->source.context = &device;
	klog->source.device = true;
	klog->source.patient = false;
	klog->drain.numbered = true;
	klog->drain.once = once;
	assert_ok(kimg_klog_add_call(klog, keep, &got));
	assert_ok(kimg_klog_start(klog));
	if (!once)
		kimg_klog_drain(klog, 10000);
	while (state != KIMG_KLOG_ENDED) {
		assert_ok(kimg_klog_work(klog, &state, &wait));
		usleep(1000);
	}
	kimg_klog_free(klog);
	buf_puts(&got, "");
	assert_string_equal(got.p ? got.p : "", wanted);
}

static void run(size_t count, unsigned int facility, bool once, const char *wanted)
{
	run_texts(crash, count, facility, once, wanted);
}

static void in_a_folder(void (*test)(void))
{
	char folder[] = "/tmp/kimg-klog-XXXXXX";

	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	test();
	unlink("position");
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(rmdir(folder), 0);
}

/* Records come once, and the report whole, wherever runs end. */
static void restart(void)
{
	run(1, 0, false, "0 ");
	run(4, 0, false, "1 2 3 ");
	run(4, 0, false, "");
	run(7, 0, false, "4 5 6 ");
	run(8, 0, false, "7 ");
	run(8, 0, true, "report of 7 lines ");
	run(8, 0, true, "");
}

static void a_restart_neither_repeats_nor_skips(void **state)
{
	in_a_folder(restart);
}

static void forge(void)
{
	run(8, 1, true, "0 1 2 3 4 5 6 7 ");
}

static void programs_cannot_report(void **state)
{
	in_a_folder(forge);
}

static void go_round(void)
{
	run_texts(written_back, ARRAY_SIZE(written_back), 1, true, "3 4 5 6 7 ");
	unlink("position");
	run_texts(written_back, ARRAY_SIZE(written_back), 0, true, "0 1 2 3 4 5 6 7 ");
}

static void nothing_goes_round(void **state)
{
	in_a_folder(go_round);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_restart_neither_repeats_nor_skips),
		cmocka_unit_test(programs_cannot_report),
		cmocka_unit_test(nothing_goes_round),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
