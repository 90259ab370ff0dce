/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages on their way to the sinks. */
#include <stdlib.h>

#include "klog/klog.h"

enum { FACILITY_SYSLOG = 5 };

struct message *message_new(enum kimg_klog_kind kind)
{
	struct message *message = calloc(1, sizeof(*message));

	if (message) {
		message->public.kind = kind;
		if (kind == KIMG_KLOG_LOST || kind == KIMG_KLOG_NOTE)
			message->public.facility = FACILITY_SYSLOG;
	}
	return message;
}

static void message_free(struct message *message)
{
	buf_done(&message->text);
	buf_done(&message->properties);
	kimg_oops_free(message->oops);
	free(message);
}

static int64_t micros(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/*
 * When the kernel said it: its clock starts at boot and stands while the machine sleeps, as CLOCK_MONOTONIC
 * does. Of a file, whose kernel ran elsewhere, the time is now.
 */
static int64_t realtime_of(const struct kimg_klog *klog, const struct message *message)
{
	int64_t now = micros(CLOCK_REALTIME), boot = now - micros(CLOCK_MONOTONIC);
	uint64_t time = message->public.time;

	if (!message->public.has_time || klog->source.patient || time > INT64_MAX / 2)
		return now;
	return boot + (int64_t)time < now ? boot + (int64_t)time : now;
}

struct kimg_error *outbox_add(struct kimg_klog *klog, struct message *message)
{
	struct kimg_klog_message *public = &message->public;

	buf_add(&message->text, NULL, 0);
	buf_add(&message->properties, NULL, 0);
	if (message->text.failed || message->properties.failed) {
		message_free(message);
		return error_nomem();
	}
	public->text = message->text.p ? message->text.p : "";
	public->size = message->text.n;
	public->properties = message->properties.p ? message->properties.p : "";
	public->caller = message->caller;
	public->oops = message->oops;
	public->realtime = realtime_of(klog, message);
	if (klog->first)
		klog->last_message->next = message;
	else
		klog->first = message;
	klog->last_message = message;
	return NULL;
}

/* Each sink gets it once; what one does not take does not keep the others from it. */
static bool deliver(struct kimg_klog *klog, const struct message *message)
{
	bool all = true;

	for (size_t i = 0; i < klog->sink_count; i++) {
		struct sink *sink = klog->sinks[i];

		if (!sink->taken)
			sink->taken = sink->take(sink, &message->public);
		all = all && sink->taken;
	}
	return all;
}

static void drop_first(struct kimg_klog *klog)
{
	struct message *message = klog->first;

	klog->first = message->next;
	message_free(message);
	for (size_t i = 0; i < klog->sink_count; i++)
		klog->sinks[i]->taken = false;
}

bool outbox_deliver(struct kimg_klog *klog)
{
	while (klog->first) {
		if (!deliver(klog, klog->first))
			return false;
		drop_first(klog);
	}
	return true;
}

void outbox_done(struct kimg_klog *klog)
{
	while (klog->first)
		drop_first(klog);
}
