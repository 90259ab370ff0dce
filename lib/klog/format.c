/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages as lines of text. */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "base/escape.h"
#include "base/utf8.h"
#include "klog/sink.h"

static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
				    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

const char *identifier_of(const struct kimg_klog_message *message)
{
	return message->kind == KIMG_KLOG_RECORD ? "kernel" : "klogd";
}

static bool any_line(const struct kimg_klog_message *message, size_t *at, struct span *ret_line)
{
	struct span rest = span_from(span_of(message->text, message->size), *at);
	const uint8_t *newline;

	/* An empty message is one line; an empty one behind the last newline is none. */
	if (rest.n == 0 && (*at > 0 || message->size > 0))
		return false;
	newline = rest.n ? memchr(rest.p, '\n', rest.n) : NULL;
	*ret_line = span_clip(rest, 0, newline ? (size_t)(newline - rest.p) : rest.n);
	*at += ret_line->n + 1;
	return true;
}

/* Empty lines set the parts of a report apart, which a log has no use for. */
bool next_line(const struct kimg_klog_message *message, size_t *at, struct span *ret_line)
{
	while (any_line(message, at, ret_line))
		if (ret_line->n || message->kind != KIMG_KLOG_REPORT)
			return true;
	return false;
}

/* As escape_line(), but tabs and backslashes stay as they are. */
static void add_text(struct buf *buf, struct span text)
{
	while (text.n) {
		struct span at = text;
		size_t n = 0;

		while (at.n) {
			size_t length = utf8_length(at);

			if (length == 0 || (at.p[0] != '\t' && at.p[0] != '\\' &&
					    !utf8_printable(span_clip(at, 0, length))))
				break;
			n += length;
			at = span_from(at, length);
		}
		buf_add(buf, text.p, n);
		text = span_from(text, n);
		if (text.n) {
			escape_line(buf, span_clip(text, 0, 1));
			text = span_from(text, 1);
		}
	}
}

/* The time since boot as the kernel prints it. */
static void add_kernel_time(struct buf *buf, const struct kimg_klog_message *message)
{
	if (message->has_time)
		buf_printf(buf, "[%5" PRIu64 ".%06" PRIu64 "] ", message->time / 1000000,
			   message->time % 1000000);
}

/* RFC 3164, 4.1.2, in local time. */
static void add_bsd_time(struct buf *buf, int64_t realtime)
{
	time_t seconds = (time_t)(realtime / 1000000);
	struct tm tm = { 0 };

	localtime_r(&seconds, &tm);
	buf_printf(buf, "%s %2d %02d:%02d:%02d ", months[tm.tm_mon % 12], tm.tm_mday, tm.tm_hour,
		   tm.tm_min, tm.tm_sec);
}

/* RFC 5424, 6.2.3. */
static void add_time(struct buf *buf, int64_t realtime)
{
	time_t seconds = (time_t)(realtime / 1000000);
	struct tm tm = { 0 };

	gmtime_r(&seconds, &tm);
	buf_printf(buf, "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ ", tm.tm_year + 1900, tm.tm_mon + 1,
		   tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, (int)(realtime % 1000000));
}

/* RFC 5424, 7.3: sequenceId counts from 1 to 2147483647, sysUpTime is in hundredths of a second. */
static void add_meta(struct buf *buf, const struct kimg_klog_message *message)
{
	if (!message->has_sequence && !message->has_time) {
		buf_puts(buf, "- ");
		return;
	}
	buf_puts(buf, "[meta");
	if (message->has_sequence)
		buf_printf(buf, " sequenceId=\"%" PRIu64 "\"", message->sequence % INT32_MAX + 1);
	if (message->has_time)
		buf_printf(buf, " sysUpTime=\"%" PRIu64 "\"", message->time / 10000);
	buf_puts(buf, "] ");
}

void format_line(struct buf *buf, enum kimg_klog_format format, const char *host,
		 const struct kimg_klog_message *message, struct span line)
{
	buf_printf(buf, "<%u>", message->facility << 3 | message->level);
	if (format == KIMG_KLOG_RFC3164) {
		add_bsd_time(buf, message->realtime);
		buf_printf(buf, "%s: ", identifier_of(message));
	} else if (format == KIMG_KLOG_RFC5424) {
		buf_puts(buf, "1 ");
		add_time(buf, message->realtime);
		buf_printf(buf, "%s %s - - ", host && host[0] ? host : "-", identifier_of(message));
		add_meta(buf, message);
	} else if (message->kind != KIMG_KLOG_RECORD) {
		buf_printf(buf, "%s: ", identifier_of(message));
	}
	if (message->kind == KIMG_KLOG_RECORD)
		add_kernel_time(buf, message);
	add_text(buf, line);
}
