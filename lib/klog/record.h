/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KLOG_RECORD_H
#define KLOG_RECORD_H

#include "base/buf.h"
#include "base/span.h"

/* One record of the kernel's log. */
struct record {
	unsigned int facility;
	unsigned int level;
	bool has_sequence;
	uint64_t sequence;
	bool has_time;
	uint64_t time; /* since boot, in microseconds */
	char caller[16];
	struct span text;       /* as it came, escapes in it where it is of /dev/kmsg */
	struct span properties; /* lines " KEY=value", as they came */
	bool escaped;           /* text and properties have \xNN in them */
};

/* Takes a record apart: what one read from /dev/kmsg gave, or else a line. Spans point into bytes. */
void record_parse(struct span bytes, struct record *ret_record);

/* Whether bytes are a record of /dev/kmsg; its number. */
bool record_sequence(struct span bytes, uint64_t *ret_sequence);

/* Takes decimal digits off, at most 20; false where there are none, or the value does not fit. */
bool record_number(struct span *text, uint64_t *ret_value);

/* Adds text with \xNN made bytes again. */
void record_unescape(struct buf *buf, struct span text);

#endif
