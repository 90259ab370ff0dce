/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports in the log of the kernel. */
#include <inttypes.h>
#include <stdlib.h>

#include "klog/klog.h"

enum {
	MOST_UNSETTLED = 1 << 16, /* records that a report can be told to begin in */
	WARNING = 4,
	ERROR = 3,
	CRITICAL = 2,
};

static unsigned int level_of(enum kimg_oops_kind kind)
{
	switch (kind) {
	case KIMG_OOPS_WARNING:
	case KIMG_OOPS_ALLOCATION:
	case KIMG_OOPS_SYSRQ:
	case KIMG_OOPS_DUMP:
		return WARNING;
	case KIMG_OOPS_OUT_OF_MEMORY:
	case KIMG_OOPS_HUNG_TASK:
	case KIMG_OOPS_UBSAN:
	case KIMG_OOPS_KCSAN:
	case KIMG_OOPS_LOCKDEP:
		return ERROR;
	default:
		return CRITICAL;
	}
}

/* The report as the kernel wrote it. */
static void add_lines(struct buf *buf, const struct kimg_oops *oops)
{
	for (size_t i = 0; i < oops->line_count; i++) {
		buf_puts(buf, oops->lines[i].text);
		buf_putc(buf, '\n');
	}
}

static void add_text(struct kimg_klog *klog, struct buf *buf, const struct kimg_oops *oops)
{
	cleanup_free char *text = NULL;

	if (klog->options.render)
		text = klog->options.render(klog->options.context, oops);
	if (text)
		buf_puts(buf, text);
	else
		add_lines(buf, oops);
}

static struct kimg_error *send_report(struct kimg_klog *klog, struct kimg_oops *oops)
{
	struct message *message = message_new(KIMG_KLOG_REPORT);

	if (!message) {
		kimg_oops_free(oops);
		return error_nomem();
	}
	message->oops = oops;
	message->public.level = level_of(oops->kind);
	message->public.has_time = oops->has_time;
	message->public.time = oops->time;
	message->public.has_sequence = klog->last > 0;
	message->public.sequence = klog->last;
	add_text(klog, &message->text, oops);
	return outbox_add(klog, message);
}

static void take_report(void *context, struct kimg_oops *oops)
{
	struct kimg_klog *klog = context;
	struct kimg_error *error = NULL;

	klog->reports++;
	kimg_klog_look_at_modules(klog);
	modules_tell(&klog->modules, oops);
	if (klog->options.resolve)
		klog->options.resolve(klog->options.context, oops);
	error = send_report(klog, oops);
	if (error)
		klog->failed = true;
	kimg_error_free(error);
}

struct kimg_error *reports_open(struct kimg_klog *klog)
{
	const struct kimg_oops_reader_options options = {
		.limits = klog->options.limits,
		.report = take_report,
		.context = klog,
	};

	klog->unsettled = malloc(MOST_UNSETTLED * sizeof(*klog->unsettled));
	if (!klog->unsettled)
		return error_nomem();
	return kimg_oops_reader_new(&options, &klog->reader);
}

void reports_close(struct kimg_klog *klog)
{
	kimg_oops_reader_free(klog->reader);
	klog->reader = NULL;
	free(klog->unsettled);
}

bool reports_are_open(const struct kimg_klog *klog)
{
	return kimg_oops_reader_settled(klog->reader) <= klog->lines;
}

/* ---- what would have to be read again ---- */

static struct line_of *unsettled_at(struct kimg_klog *klog, size_t i)
{
	return &klog->unsettled[(klog->unsettled_at + i) % MOST_UNSETTLED];
}

/* Where there are too many, the oldest are kept: from them on all will come again. */
static void remember(struct kimg_klog *klog, const struct record *record)
{
	if (!record->has_sequence || klog->unsettled_count == MOST_UNSETTLED)
		return;
	*unsettled_at(klog, klog->unsettled_count++) =
		(struct line_of){ .line = klog->lines + 1, .sequence = record->sequence };
}

static void settle(struct kimg_klog *klog)
{
	uint64_t line = kimg_oops_reader_settled(klog->reader);

	if (line > klog->lines) {
		klog->unsettled_count = 0;
		return;
	}
	while (klog->unsettled_count > 1 && unsettled_at(klog, 1)->line <= line) {
		klog->unsettled_at = (klog->unsettled_at + 1) % MOST_UNSETTLED;
		klog->unsettled_count--;
	}
	if (klog->unsettled_count)
		klog->settled = unsettled_at(klog, 0)->sequence;
}

/* ---- feeding ---- */

/* One line as a console has it, for the reader. */
static struct kimg_error *feed_line(struct kimg_klog *klog, const struct record *record,
				    struct span line)
{
	cleanup_buf struct buf buf = { 0 };

	if (record->has_time)
		buf_printf(&buf, "[%5" PRIu64 ".%06" PRIu64 "]", record->time / 1000000,
			   record->time % 1000000);
	if (record->has_time && record->caller[0])
		buf_printf(&buf, "[%6s]", record->caller);
	if (record->has_time)
		buf_putc(&buf, ' ');
	buf_add(&buf, line.p, line.n);
	buf_putc(&buf, '\n');
	if (buf.failed)
		return error_nomem();
	klog->lines++;
	return kimg_oops_reader_feed(klog->reader, buf.p, buf.n);
}

static struct kimg_error *feed_lines(struct kimg_klog *klog, const struct record *record,
				     struct span text)
{
	do {
		const uint8_t *newline = text.n ? memchr(text.p, '\n', text.n) : NULL;
		struct span line =
			span_clip(text, 0, newline ? (size_t)(newline - text.p) : text.n);

		TRY(feed_line(klog, record, line));
		text = span_from(text, line.n + 1);
	} while (text.n);
	return NULL;
}

struct kimg_error *reports_feed(struct kimg_klog *klog, const struct record *record)
{
	cleanup_buf struct buf text = { 0 };

	if (record->escaped)
		record_unescape(&text, record->text);
	else
		buf_add(&text, record->text.p, record->text.n);
	if (text.failed)
		return error_nomem();
	remember(klog, record);
	klog->fed = clock_ms();
	TRY(feed_lines(klog, record, buf_span(&text)));
	settle(klog);
	return klog->failed ? error_nomem() : NULL;
}

struct kimg_error *reports_flush(struct kimg_klog *klog)
{
	TRY(kimg_oops_reader_flush(klog->reader));
	settle(klog);
	klog->settled = klog->next;
	return klog->failed ? error_nomem() : NULL;
}
