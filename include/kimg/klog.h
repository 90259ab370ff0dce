/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KIMG_KLOG_H
#define KIMG_KLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kimg/error.h"
#include "kimg/limits.h"
#include "kimg/oops.h"

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

/*
 * The log of a kernel that runs: a thread takes records from the kernel into memory as fast as they come, and
 * kimg_klog_work(), called by another one, hands them on to sinks, with the reports (oopses, ...) that are
 * found in them. What is lost is counted.
 */
struct kimg_klog;

enum kimg_klog_kind {
	KIMG_KLOG_RECORD, /* of the kernel, or of a program that wrote to /dev/kmsg */
	KIMG_KLOG_LOST,   /* records are missing here */
	KIMG_KLOG_NOTE,   /* the words of the daemon about itself */
	KIMG_KLOG_REPORT, /* follows the records that it was found in */
};

/* One message for the sinks. What it points to lives until the call returns. */
struct kimg_klog_message {
	enum kimg_klog_kind kind;
	unsigned int facility; /* as syslog(3) numbers them, without shift: 0 is the kernel */
	unsigned int level;    /* 0 (emergency) to 7 (debug) */
	bool has_sequence;
	uint64_t sequence; /* of the record; of what was lost, the first; of a report, that of its last record */
	bool has_time;
	uint64_t time;      /* since boot, in microseconds */
	int64_t realtime;   /* since 1970, in microseconds */
	const char *text;   /* maybe hostile, and of several lines; terminated as well */
	size_t size;        /* of text, in bytes */
	const char *caller; /* "T22", "C0"; empty: not told */
	const char
		*properties; /* of a record: lines "KEY=value" that the kernel adds; may be empty */
	uint64_t lost;       /* how many records; the last has the number sequence + lost - 1 */
	uint64_t dropped; /* how many of these, as memory was full; the kernel overwrote the others */
	const struct kimg_oops *oops; /* of a report, whose text is what options->render made of it */
};

/* Where records come from. */
enum kimg_klog_source {
	KIMG_KLOG_AUTO,      /* the first of these that can be opened */
	KIMG_KLOG_DEV_KMSG,  /* /dev/kmsg: every reader gets all records (Linux 3.5) */
	KIMG_KLOG_PROC_KMSG, /* /proc/kmsg: what one reader gets, the others do not */
	KIMG_KLOG_SYSCALL,   /* klogctl(3), the same without /proc */
	KIMG_KLOG_FILE, /* a file or pipe, in the form of /dev/kmsg or of /proc/kmsg, or plain text */
};

struct kimg_klog_options {
	enum kimg_klog_source source;
	const char *input; /* of KIMG_KLOG_FILE; "-": standard input */
	size_t queue;      /* bytes of memory that wait for the sinks */
	const char *state; /* file that keeps the position between runs; NULL: none */
	bool once;         /* take what is there, then end */
	bool records;      /* the sinks get every record; else reports, and what is lost, alone */
	bool reports;      /* look for reports */
	bool modules; /* watch those of the running kernel: reports are told where theirs are, or were */
	unsigned int
		settle; /* ms of silence after which a report that has no end is taken for complete */
	struct kimg_limits limits;
	/* Called for each report, such as to resolve it, before render; may be NULL. */
	void (*resolve)(void *context, struct kimg_oops *oops);
	/* The text of a report, lines that end with '\n', for free(); NULL from it: as the kernel wrote it. */
	char *(*render)(void *context, const struct kimg_oops *oops);
	void *context;
};

#define KIMG_KLOG_OPTIONS_DEFAULT                       \
	((struct kimg_klog_options){ .queue = 16 << 20, \
				     .records = true,   \
				     .reports = true,   \
				     .settle = 2000,    \
				     .limits = KIMG_LIMITS_DEFAULT })

/*
 * Opens the source and, where there is one, the state: only records that no earlier run handed on will come.
 * KIMG_E_IO, KIMG_E_NOMEM, KIMG_E_INVALID.
 */
struct kimg_error *kimg_klog_new(const struct kimg_klog_options *options,
				 struct kimg_klog **ret_klog);

/* Ends the thread; what was not handed on yet comes in the next run. NULL is fine. */
void kimg_klog_free(struct kimg_klog *klog);

/* "/dev/kmsg", "/proc/kmsg", "klogctl", or the path of the input. */
const char *kimg_klog_source_name(const struct kimg_klog *klog);

/* ---- sinks; added before kimg_klog_start() ---- */

enum kimg_klog_format {
	KIMG_KLOG_PRIORITY, /* "<6>[    1.000000] text", as /proc/kmsg has it, and klogd's -f */
	KIMG_KLOG_RFC3164, /* "<6>Jan  1 00:00:00 kernel: [    1.000000] text", what /dev/log takes */
	KIMG_KLOG_RFC5424, /* "<6>1 2026-01-01T00:00:00.000000Z host kernel - - [meta ...] text" */
};

/* Takes a message, or says no: then it is offered again later. */
typedef bool kimg_klog_take(void *context, const struct kimg_klog_message *message);

struct kimg_error *kimg_klog_add_call(struct kimg_klog *klog, kimg_klog_take *take, void *context);

/* A datagram or stream socket; while nobody listens there, messages wait. host: for RFC 5424; may be NULL. */
struct kimg_error *kimg_klog_add_syslog(struct kimg_klog *klog, const char *path,
					enum kimg_klog_format format, const char *host);

/* Appends to the file; "-": standard output. */
struct kimg_error *kimg_klog_add_file(struct kimg_klog *klog, const char *path,
				      enum kimg_klog_format format, const char *host);

/* The journal's own protocol; path: of its socket, /run/systemd/journal/socket. */
struct kimg_error *kimg_klog_add_journal(struct kimg_klog *klog, const char *path);

/* ---- running ---- */

/* Starts to take records in. KIMG_E_IO, KIMG_E_NOMEM. */
struct kimg_error *kimg_klog_start(struct kimg_klog *klog);

/* Stops it, and closes the source; kimg_klog_start() goes on where it stopped. */
void kimg_klog_stop(struct kimg_klog *klog);

/*
 * Takes in what the source has by now, for at most ms milliseconds, and no more from then on: kimg_klog_work()
 * hands it on and then says KIMG_KLOG_ENDED.
 */
void kimg_klog_drain(struct kimg_klog *klog, unsigned int ms);

/* A descriptor that can be read from when kimg_klog_work() has something to do. */
int kimg_klog_fd(const struct kimg_klog *klog);

enum kimg_klog_state {
	KIMG_KLOG_IDLE, /* wait for kimg_klog_fd(), or until *ret_wait ms have passed; -1: no time */
	KIMG_KLOG_BUSY,    /* there is more to do at once */
	KIMG_KLOG_BLOCKED, /* a sink does not take what it gets: try again after *ret_wait ms */
	KIMG_KLOG_ENDED,   /* all was handed on, and no more comes */
};

/* Works for some milliseconds at most, apart from the resolving of a report. KIMG_E_NOMEM, KIMG_E_IO. */
struct kimg_error *kimg_klog_work(struct kimg_klog *klog, enum kimg_klog_state *ret_state,
				  int *ret_wait);

/* Words of the daemon about itself, for the sinks. KIMG_E_NOMEM. */
struct kimg_error *kimg_klog_note(struct kimg_klog *klog, unsigned int level, const char *text);

/* Looks at the modules of the running kernel now. */
void kimg_klog_look_at_modules(struct kimg_klog *klog);

/* Opens files and sockets of the sinks anew. */
void kimg_klog_reopen(struct kimg_klog *klog);

struct kimg_klog_counts {
	uint64_t records;     /* taken in */
	uint64_t overwritten; /* lost in the kernel */
	uint64_t dropped;     /* lost as memory was full */
	uint64_t reports;
	uint64_t queue_most; /* bytes that waited at most */
};

void kimg_klog_counts(const struct kimg_klog *klog, struct kimg_klog_counts *ret_counts);

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop
#endif
