/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_KLOGD_H
#define CMD_KLOGD_H

#include <pthread.h>

#include "cli/options.h"
#include "kimg/klog.h"
#include "out/out.h"

/* klogd_watch.c: what the service manager's watchdog hears. */
struct watch {
	unsigned int interval; /* ms; 0: nobody asked for it */
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t change;
	bool running;
	uint64_t until; /* so long it is told that the daemon is alive */
};

/* kimg klogd, as its command line has it. */
struct klogd {
	struct cli *cli;
	struct kimg_klog *klog;
	struct kimg_klog_options options;
	const char *map;
	const char *file;
	const char *syslog;
	const char *journal;
	const char *state;
	const char *pid_file;
	const char *format;
	bool json;
	bool all;
	bool reports_alone;
	bool twice;
	bool no_symbols;
	bool debug;
	bool signals; /* -i, -I */
	int signal;
	int console_level;                 /* -1: stays as it is */
	struct out *out;                   /* of --json */
	struct kimg_oops_symbols *symbols; /* NULL: reports are not resolved */
	bool no_source;
	struct watch watch;
};

/* klogd_run.c: until a signal ends it, or the log does. The exit status. */
int klogd_run(struct klogd *klogd);

/* klogd_json.c: a sink that prints one object a line. */
struct kimg_error *klogd_add_json(struct klogd *klogd);

/* klogd_map.c: looks for the map as klogd did, and says so in its words. */
void klogd_tell_map(struct klogd *klogd);

/* klogd_reports.c: opens the symbols that reports are resolved with; again, where there are some already. */
struct kimg_error *klogd_open_symbols(struct klogd *klogd);

/* For struct kimg_klog_options, with a struct klogd as the context. */
void klogd_resolve(void *context, struct kimg_oops *oops);
char *klogd_render(void *context, const struct kimg_oops *oops);

/* klogd_others.c: whether somebody hands the kernel's log on already: who, for messages; empty where nobody. */
bool klogd_other_reader(char *ret_who, size_t size);

/* klogd_pid.c: makes the file, which stays locked while the process lives. -1, and said so, where it cannot. */
int klogd_write_pid(const struct cli *cli, const char *path);

/* Sends the signal to the daemon that has the file. The exit status. */
int klogd_signal(const struct cli *cli, const char *path, int signal);

/* klogd_notify.c: sd_notify(3); nothing happens where nobody asked for it. */
void klogd_notify(const char *words);

/* klogd_watch.c: nothing happens where nobody asked for it. Signals must be blocked by now. */
void klogd_watch_start(struct watch *watch);
void klogd_watch_stop(struct watch *watch);

/* A sign of life, before waiting that long, in ms (-1: for ever): how long to wait until the next one. */
int klogd_watch(struct watch *watch, int wait);

/* Before work that may take longer than that. */
void klogd_watch_long(struct watch *watch);

#endif
