/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KLOG_SOURCE_H
#define KLOG_SOURCE_H

#include <sys/types.h>

#include "base/error.h"
#include "kimg/klog.h"

/* Where records come from: something that can be read without waiting. */
struct source {
	/* Bytes, 0 at the end, or a negative errno: -EAGAIN where nothing is there yet. */
	ssize_t (*read)(struct source *source, void *bytes, size_t size);
	int fd;       /* to wait for with poll(2); -1: ask again after a while */
	bool device;  /* each read gives one record of /dev/kmsg, and all readers get all of them */
	bool patient; /* it waits with more until there is room; else what is not taken is lost */
	bool seekable; /* a file: what is there ends */
	char *name;
	void *context; /* of tests */
};

/* KIMG_E_IO, KIMG_E_NOMEM. */
struct kimg_error *source_open(struct source *source, enum kimg_klog_source kind,
			       const char *input) must_check;
void source_close(struct source *source);

#endif
