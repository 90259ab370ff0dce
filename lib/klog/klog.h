/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KLOG_KLOG_H
#define KLOG_KLOG_H

#include <time.h>

#include "kimg/klog.h"
#include "klog/drain.h"
#include "klog/modules.h"
#include "klog/queue.h"
#include "klog/record.h"
#include "klog/sink.h"
#include "klog/source.h"
#include "klog/state.h"

/* A message on its way to the sinks. */
struct message {
	struct kimg_klog_message public;
	struct message *next;
	struct buf text;
	struct buf properties;
	char caller[16];
	struct kimg_oops *oops;
};

/* Which record a line is of that the reader of reports got. */
struct line_of {
	uint64_t line;
	uint64_t sequence;
};

enum { MOST_SINKS = 8 };

struct kimg_klog {
	struct kimg_klog_options options;
	struct source source;
	bool source_open;
	struct queue queue;
	struct drain drain;
	struct state state;
	int events;    /* an epoll descriptor */
	bool stopped;  /* by kimg_klog_stop(), until it starts again */
	bool draining; /* what comes now is the last */
	uint64_t drain_until;
	uint8_t *entry; /* room for one of the queue */

	struct sink *sinks[MOST_SINKS];
	size_t sink_count;
	struct message *first, *last_message; /* the outbox */

	uint64_t next;    /* records before this number were handed on, by this run or one before */
	uint64_t settled; /* reports of records before this number were */
	uint64_t last;    /* the number of the last record that was looked at */

	struct modules modules;
	struct kimg_oops_reader *reader; /* NULL: nobody looks for reports */
	uint64_t lines;                  /* that it got */
	uint64_t fed;                    /* when, in ms */
	struct line_of *unsettled; /* a ring: the first lines of records that may be of a report */
	size_t unsettled_at, unsettled_count;
	bool failed; /* a report could not be handed on for want of memory */
	uint64_t reports;
};

/* Of a clock that only counts. */
static inline uint64_t clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* outbox.c. NULL where memory is short. */
struct message *message_new(enum kimg_klog_kind kind);

/* Takes the message over. KIMG_E_NOMEM where one of its buffers failed. */
struct kimg_error *outbox_add(struct kimg_klog *klog, struct message *message) must_check;

/* Hands all on; false where a sink does not take it. */
bool outbox_deliver(struct kimg_klog *klog);
void outbox_done(struct kimg_klog *klog);

/* reports.c: the records of the kernel as a log that is searched for reports. */
struct kimg_error *reports_open(struct kimg_klog *klog) must_check;
void reports_close(struct kimg_klog *klog);
struct kimg_error *reports_feed(struct kimg_klog *klog, const struct record *record) must_check;
struct kimg_error *reports_flush(struct kimg_klog *klog) must_check;
bool reports_are_open(const struct kimg_klog *klog);

#endif
