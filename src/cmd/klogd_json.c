/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kimg klogd --json: one object a line. */
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "cmd/klogd.h"
#include "cmd/oops.h"

static const char *const kinds[] = { "record", "lost", "note", "report" };

static const char *const levels[] = { "emerg",   "alert",  "crit", "err",
				      "warning", "notice", "info", "debug" };

static const char *const facilities[] = {
	"kern",   "user",   "mail",     "daemon", "auth",   "syslog", "lpr",    "news",
	"uucp",   "cron",   "authpriv", "ftp",    NULL,     NULL,     NULL,     NULL,
	"local0", "local1", "local2",   "local3", "local4", "local5", "local6", "local7",
};

static void show_facility(struct out *out, unsigned int facility)
{
	const char *name = facility < ARRAY_SIZE(facilities) ? facilities[facility] : NULL;

	out_number(out, "facility", OUT_DATA, facility);
	if (name)
		out_string(out, "facility_name", OUT_DATA, name);
}

static void show_properties(struct out *out, const char *properties)
{
	struct span rest = span_of(properties, strlen(properties));

	if (rest.n == 0)
		return;
	out_array(out, "properties");
	while (rest.n) {
		const uint8_t *newline = memchr(rest.p, '\n', rest.n);
		size_t n = newline ? (size_t)(newline - rest.p) : rest.n;

		out_text(out, NULL, OUT_DATA, span_clip(rest, 0, n));
		rest = span_from(rest, n + 1);
	}
	out_close(out);
}

static void show_lost(struct out *out, const struct kimg_klog_message *message)
{
	out_object(out, "lost");
	out_number(out, "count", OUT_DATA, message->lost);
	out_number(out, "dropped", OUT_DATA, message->dropped);
	if (message->has_sequence) {
		out_number(out, "first", OUT_DATA, message->sequence);
		out_number(out, "last", OUT_DATA, message->sequence + message->lost - 1);
	}
	out_close(out);
}

static void show_report(struct out *out, const struct kimg_oops *oops, const char *source)
{
	out_object(out, "report");
	oops_show_members(out, oops, source);
	out_close(out);
}

static bool take(void *context, const struct kimg_klog_message *message)
{
	struct klogd *klogd = context;
	struct out *out = klogd->out;

	out_record(out);
	out_string(out, "kind", OUT_DATA, kinds[message->kind]);
	show_facility(out, message->facility);
	out_number(out, "level", OUT_DATA, message->level);
	out_string(out, "level_name", OUT_DATA, levels[message->level & 7]);
	if (message->has_sequence)
		out_number(out, "sequence", OUT_DATA, message->sequence);
	if (message->has_time)
		out_number(out, "time_us", OUT_DATA, message->time);
	if (message->caller[0])
		out_string(out, "caller", OUT_DATA, message->caller);
	out_text(out, "text", OUT_DATA, span_of(message->text, message->size));
	show_properties(out, message->properties);
	if (message->kind == KIMG_KLOG_LOST)
		show_lost(out, message);
	if (message->oops)
		show_report(out, message->oops, kimg_klog_source_name(klogd->klog));
	out_close(out);
	/* Taken is what is written: the position in the log goes on with it, also for a process that is killed. */
	out_flush(out);
	return true;
}

struct kimg_error *klogd_add_json(struct klogd *klogd)
{
	klogd->out = out_new(STDOUT_FILENO, OUT_JSON_LINES, false);
	if (!klogd->out)
		return error_nomem();
	out_document(klogd->out, "kimg-klogd-1", "messages");
	return kimg_klog_add_call(klogd->klog, take, klogd);
}
