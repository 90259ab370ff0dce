/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KLOG_SINK_H
#define KLOG_SINK_H

#include "base/buf.h"
#include "base/error.h"
#include "kimg/klog.h"

/* Where messages go. */
struct sink {
	/* False where it cannot take the message now. What it took of it by then is not offered again. */
	bool (*take)(struct sink *sink, const struct kimg_klog_message *message);
	void (*reopen)(struct sink *sink); /* NULL: nothing to open */
	void (*free)(struct sink *sink);   /* the sink too */
	bool taken;                        /* the message that is handed on now */
	uint64_t failed; /* messages that could not be written, as disks are full */
};

struct kimg_error *sink_of_call(kimg_klog_take *take, void *context,
				struct sink **ret_sink) must_check;
struct kimg_error *sink_of_file(const char *path, enum kimg_klog_format format, const char *host,
				struct sink **ret_sink) must_check;
struct kimg_error *sink_of_syslog(const char *path, enum kimg_klog_format format, const char *host,
				  struct sink **ret_sink) must_check;
struct kimg_error *sink_of_journal(const char *path, struct sink **ret_sink) must_check;

/* format.c: adds one line of a message, as text that is safe, without a newline at its end. */
void format_line(struct buf *buf, enum kimg_klog_format format, const char *host,
		 const struct kimg_klog_message *message, struct span line);

/* The next line of the message from *at on, which it moves; false where there is none. */
bool next_line(const struct kimg_klog_message *message, size_t *at, struct span *ret_line);

/* Who says so: "kernel", "klogd". */
const char *identifier_of(const struct kimg_klog_message *message);

#endif
