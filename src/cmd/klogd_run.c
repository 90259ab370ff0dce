/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kimg klogd while it runs: signals, the service manager, and the log in between. */
#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/term.h"
#include "cmd/klogd.h"

enum {
	LEVEL_INFO = 6,
	DRAIN = 5000, /* ms that the end may take */
	DRAIN_SOURCE = 1000,
};

struct run {
	struct klogd *klogd;
	int signals; /* a signalfd */
	bool suspended;
	bool ending;
	uint64_t end_at;
};

static const int handled[] = { SIGHUP, SIGINT, SIGTERM, SIGTSTP, SIGCONT, SIGUSR1, SIGUSR2 };

static uint64_t clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(handled); i++)
		sigaddset(&set, handled[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void note(struct run *run, const char *text)
{
	kimg_error_free(kimg_klog_note(run->klogd->klog, LEVEL_INFO, text));
}

/* ---- signals ---- */

static void end(struct run *run)
{
	if (run->ending)
		return;
	klogd_notify("STOPPING=1");
	run->ending = true;
	run->end_at = clock_ms() + DRAIN;
	kimg_klog_drain(run->klogd->klog, DRAIN_SOURCE);
}

static void suspend(struct run *run)
{
	if (run->suspended || run->ending)
		return;
	kimg_klog_stop(run->klogd->klog);
	run->suspended = true;
	note(run, "Kernel logging (proc) stopped.");
}

static void go_on(struct run *run)
{
	struct kimg_error *error;

	if (!run->suspended)
		return;
	error = kimg_klog_start(run->klogd->klog);
	if (error) {
		/* It stays as it is; the next SIGCONT tries again. */
		(void)!report(run->klogd->cli, error);
		return;
	}
	run->suspended = false;
	note(run, "Kernel logging (proc) started.");
}

/* sd_notify(3): with Type=notify-reload the time must be told as well. */
static void tell_reloading(void)
{
	struct timespec now;
	char words[64];

	clock_gettime(CLOCK_MONOTONIC, &now);
	snprintf(words, sizeof(words), "RELOADING=1\nMONOTONIC_USEC=%llu",
		 (unsigned long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
	klogd_notify(words);
}

/* What cannot be read now does not take away what could be before. */
static void reload_map(struct klogd *klogd)
{
	struct kimg_error *error = klogd_open_symbols(klogd);

	if (error)
		(void)!report(klogd->cli, error);
	if (!klogd->no_symbols && klogd->options.source != KIMG_KLOG_FILE)
		klogd_tell_map(klogd);
}

static void reload(struct run *run, bool files, bool map)
{
	tell_reloading();
	klogd_watch_long(&run->klogd->watch);
	if (files)
		kimg_klog_reopen(run->klogd->klog);
	kimg_klog_look_at_modules(run->klogd->klog);
	if (map)
		reload_map(run->klogd);
	klogd_notify("READY=1");
}

static void take_signal(struct run *run, uint32_t number)
{
	switch (number) {
	case SIGINT:
	case SIGTERM:
		end(run);
		break;
	case SIGTSTP:
		suspend(run);
		break;
	case SIGCONT:
		go_on(run);
		break;
	case SIGHUP:
		reload(run, true, true);
		break;
	case SIGUSR1:
		reload(run, false, false);
		break;
	case SIGUSR2:
		reload(run, false, true);
		break;
	}
}

static void take_signals(struct run *run)
{
	struct signalfd_siginfo info;

	while (read(run->signals, &info, sizeof(info)) == sizeof(info))
		take_signal(run, info.ssi_signo);
}

/* ---- the loop ---- */

static void wait_for(struct run *run, enum kimg_klog_state state, int wait)
{
	struct pollfd fds[] = {
		{ .fd = run->signals, .events = POLLIN },
		{ .fd = kimg_klog_fd(run->klogd->klog), .events = POLLIN },
	};
	bool log = state == KIMG_KLOG_IDLE && !run->suspended;

	if (state == KIMG_KLOG_BUSY)
		wait = 0;
	poll(fds, log ? 2 : 1, klogd_watch(&run->klogd->watch, wait));
}

static int work(struct run *run)
{
	struct kimg_klog *klog = run->klogd->klog;
	enum kimg_klog_state state;
	int wait;

	for (;;) {
		struct kimg_error *error = kimg_klog_work(klog, &state, &wait);

		if (error)
			return report(run->klogd->cli, error);
		if (state == KIMG_KLOG_ENDED)
			return STATUS_YES;
		if (run->ending && clock_ms() >= run->end_at) {
			remark(run->klogd->cli,
			       "what was not taken by then is left for the next run");
			return STATUS_YES;
		}
		wait_for(run, state, wait);
		take_signals(run);
	}
}

/* What reading a map took is not needed any more, and may be much of what a service may have. */
static void give_back(void)
{
	malloc_trim(0);
}

static void tell_start(struct run *run)
{
	char text[512];

	snprintf(text, sizeof(text), "klogd %s, log source = %s started.", KIMG_VERSION,
		 kimg_klog_source_name(run->klogd->klog));
	note(run, text);
	klogd_watch_long(&run->klogd->watch);
	if (!run->klogd->no_symbols)
		klogd_tell_map(run->klogd);
	give_back();
}

static void tell_end(struct run *run)
{
	struct kimg_klog_counts counts;

	kimg_klog_counts(run->klogd->klog, &counts);
	if (run->klogd->debug)
		complain("%llu records, %llu overwritten, %llu dropped, %llu reports; %llu bytes "
			 "waited at most",
			 (unsigned long long)counts.records, (unsigned long long)counts.overwritten,
			 (unsigned long long)counts.dropped, (unsigned long long)counts.reports,
			 (unsigned long long)counts.queue_most);
}

int klogd_run(struct klogd *klogd)
{
	struct run run = { .klogd = klogd };
	struct kimg_error *error;
	int status;

	run.signals = open_signals();
	if (run.signals < 0)
		return report(klogd->cli, error_system(errno, "signalfd"));
	error = kimg_klog_start(klogd->klog);
	if (error)
		return report(klogd->cli, error);
	klogd_watch_start(&klogd->watch);
	klogd_notify("READY=1");
	if (!klogd->options.once && klogd->options.source != KIMG_KLOG_FILE)
		tell_start(&run);
	status = work(&run);
	klogd_watch_stop(&klogd->watch);
	tell_end(&run);
	close(run.signals);
	return status;
}
