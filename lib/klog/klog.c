/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The log of the kernel, from its source through the queue to the sinks. */
#include "kimg/klog.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "klog/klog.h"

/* ---- opening ---- */

static struct kimg_error *open_events(struct kimg_klog *klog)
{
	struct epoll_event event = { .events = EPOLLIN };

	klog->events = epoll_create1(EPOLL_CLOEXEC);
	if (klog->events < 0 ||
	    epoll_ctl(klog->events, EPOLL_CTL_ADD, klog->queue.event, &event) != 0)
		return error_system(errno, "epoll");
	if (!klog->options.modules)
		return NULL;
	modules_open(&klog->modules);
	if (klog->modules.events >= 0 &&
	    epoll_ctl(klog->events, EPOLL_CTL_ADD, klog->modules.events, &event) != 0)
		return error_system(errno, "epoll");
	return NULL;
}

/* Where the last run ended: from the records of reports that were not complete then on. */
static struct kimg_error *open_state(struct kimg_klog *klog, const char *path)
{
	uint8_t boot_id[16];
	uint64_t next;

	if (path) {
		read_boot_id(boot_id);
		TRY(state_open(&klog->state, path, boot_id));
	}
	if (state_next(&klog->state, &next)) {
		klog->next = next;
		klog->drain.expected = state_settled(&klog->state);
	}
	klog->settled = klog->drain.expected;
	/* Of /dev/kmsg all records since boot are wanted; those that are gone by now are missed. */
	klog->drain.numbered = klog->source.device || klog->next > 0;
	return NULL;
}

static struct kimg_error *open_all(struct kimg_klog *klog)
{
	const struct kimg_klog_options *options = &klog->options;

	TRY(source_open(&klog->source, options->source, options->input));
	klog->source_open = true;
	TRY(queue_init(&klog->queue, options->queue));
	TRY(drain_init(&klog->drain, &klog->source, &klog->queue));
	klog->drain.once = options->once && !klog->source.patient;
	TRY(open_events(klog));
	TRY(open_state(klog, options->state));
	return options->reports ? reports_open(klog) : NULL;
}

struct kimg_error *kimg_klog_new(const struct kimg_klog_options *options,
				 struct kimg_klog **ret_klog)
{
	struct kimg_klog *klog = calloc(1, sizeof(*klog));
	struct kimg_error *error;

	if (!klog)
		return error_nomem();
	klog->options = *options;
	klog->events = klog->queue.event = klog->drain.wake = klog->source.fd = -1;
	klog->modules.events = -1;
	klog->entry = malloc(LONGEST_ENTRY);
	error = klog->entry ? open_all(klog) : error_nomem();
	if (error) {
		kimg_klog_free(klog);
		return error;
	}
	*ret_klog = klog;
	return NULL;
}

void kimg_klog_free(struct kimg_klog *klog)
{
	if (!klog)
		return;
	drain_done(&klog->drain);
	outbox_done(klog);
	reports_close(klog);
	for (size_t i = 0; i < klog->sink_count; i++)
		klog->sinks[i]->free(klog->sinks[i]);
	if (klog->events >= 0)
		close(klog->events);
	modules_close(&klog->modules);
	state_close(&klog->state);
	queue_done(&klog->queue);
	source_close(&klog->source);
	free(klog->entry);
	free(klog);
}

const char *kimg_klog_source_name(const struct kimg_klog *klog)
{
	return klog->source.name;
}

/* ---- sinks ---- */

static struct kimg_error *add(struct kimg_klog *klog, struct sink *sink)
{
	if (klog->sink_count == ARRAY_SIZE(klog->sinks)) {
		sink->free(sink);
		return error_new(KIMG_E_LIMIT, "more than %zu outputs", ARRAY_SIZE(klog->sinks));
	}
	klog->sinks[klog->sink_count++] = sink;
	return NULL;
}

struct kimg_error *kimg_klog_add_call(struct kimg_klog *klog, kimg_klog_take *take, void *context)
{
	struct sink *sink;

	TRY(sink_of_call(take, context, &sink));
	return add(klog, sink);
}

struct kimg_error *kimg_klog_add_syslog(struct kimg_klog *klog, const char *path,
					enum kimg_klog_format format, const char *host)
{
	struct sink *sink;

	TRY(sink_of_syslog(path, format, host, &sink));
	return add(klog, sink);
}

struct kimg_error *kimg_klog_add_file(struct kimg_klog *klog, const char *path,
				      enum kimg_klog_format format, const char *host)
{
	struct sink *sink;

	TRY(sink_of_file(path, format, host, &sink));
	return add(klog, sink);
}

struct kimg_error *kimg_klog_add_journal(struct kimg_klog *klog, const char *path)
{
	struct sink *sink;

	TRY(sink_of_journal(path, &sink));
	return add(klog, sink);
}

void kimg_klog_look_at_modules(struct kimg_klog *klog)
{
	if (klog->options.modules)
		modules_refresh(&klog->modules);
}

void kimg_klog_reopen(struct kimg_klog *klog)
{
	for (size_t i = 0; i < klog->sink_count; i++)
		if (klog->sinks[i]->reopen)
			klog->sinks[i]->reopen(klog->sinks[i]);
}

/* ---- the thread ---- */

struct kimg_error *kimg_klog_start(struct kimg_klog *klog)
{
	if (!klog->source_open)
		TRY(source_open(&klog->source, klog->options.source, klog->options.input));
	klog->source_open = true;
	klog->stopped = false;
	return drain_start(&klog->drain);
}

/* A file stays open: opened anew it would start from its first line. */
void kimg_klog_stop(struct kimg_klog *klog)
{
	drain_stop(&klog->drain);
	klog->stopped = true;
	if (klog->source.patient)
		return;
	source_close(&klog->source);
	klog->source_open = false;
}

void kimg_klog_drain(struct kimg_klog *klog, unsigned int ms)
{
	klog->stopped = false;
	klog->draining = true;
	klog->drain_until = clock_ms() + ms;
	if (klog->drain.running)
		drain_rest(&klog->drain);
	else
		queue_end(&klog->queue);
}

int kimg_klog_fd(const struct kimg_klog *klog)
{
	return klog->events;
}

void kimg_klog_counts(const struct kimg_klog *klog, struct kimg_klog_counts *ret_counts)
{
	struct queue *queue = (struct queue *)&klog->queue;

	pthread_mutex_lock(&queue->mutex);
	*ret_counts = (struct kimg_klog_counts){
		.records = queue->records,
		.overwritten = queue->overwritten,
		.dropped = queue->dropped,
		.reports = klog->reports,
		.queue_most = queue->most,
	};
	pthread_mutex_unlock(&queue->mutex);
}

/* ---- entries of the queue ---- */

/* "KEY=value" lines without the blanks before them. */
static void add_properties(struct buf *buf, struct span lines)
{
	while (lines.n) {
		const uint8_t *newline = memchr(lines.p, '\n', lines.n);
		struct span line =
			span_clip(lines, 0, newline ? (size_t)(newline - lines.p) : lines.n);

		lines = span_from(lines, line.n + 1);
		while (line.n && line.p[0] == ' ')
			line = span_from(line, 1);
		record_unescape(buf, line);
		buf_putc(buf, '\n');
	}
}

static struct kimg_error *hand_on(struct kimg_klog *klog, const struct record *record)
{
	struct message *message = message_new(KIMG_KLOG_RECORD);

	if (!message)
		return error_nomem();
	message->public.facility = record->facility;
	message->public.level = record->level;
	message->public.has_sequence = record->has_sequence;
	message->public.sequence = record->sequence;
	message->public.has_time = record->has_time;
	message->public.time = record->time;
	memcpy(message->caller, record->caller, sizeof(message->caller));
	if (record->escaped) {
		record_unescape(&message->text, record->text);
		add_properties(&message->properties, record->properties);
	} else {
		buf_add(&message->text, record->text.p, record->text.n);
	}
	return outbox_add(klog, message);
}

/*
 * What we handed on, and a daemon wrote back into the kernel's log (journald, with ForwardToKMsg=yes): as
 * "IDENTIFIER[PID]: text", of the process that it came from, and never of the kernel's facility. Handed on again, it
 * would come back again. The kernel's records are known whoever wrote them back, as process ids may be those of
 * another namespace, or of an earlier run.
 */
static bool went_round(const struct kimg_klog *klog, const struct record *record)
{
	const struct span kernel = SPAN_LITERAL("kernel["), own = SPAN_LITERAL("klogd[");
	struct span text = record->text;
	uint64_t pid;
	bool of_kernel = span_starts(text, kernel);

	if (!klog->source.device || record->facility == 0 || !(of_kernel || span_starts(text, own)))
		return false;
	text = span_from(text, of_kernel ? kernel.n : own.n);
	if (!record_number(&text, &pid) || !span_starts(text, SPAN_LITERAL("]: ")))
		return false;
	return of_kernel || pid == (uint64_t)getpid();
}

/* Programs can write what looks like a report; facility 0 is the kernel's alone. */
static struct kimg_error *take_record(struct kimg_klog *klog, struct span bytes)
{
	struct record record;
	bool again;

	record_parse(bytes, &record);
	/* Read again for the sake of a report that was not complete when the last run ended. */
	again = record.has_sequence && klog->source.device && record.sequence < klog->next;
	if (klog->options.records && !again && !went_round(klog, &record))
		TRY(hand_on(klog, &record));
	if (klog->reader && record.facility == 0)
		TRY(reports_feed(klog, &record));
	if (record.has_sequence) {
		klog->last = record.sequence;
		if (!again)
			klog->next = record.sequence + 1;
		if (!klog->reader || !reports_are_open(klog))
			klog->settled = klog->next;
	}
	return NULL;
}

static struct kimg_error *take_lost(struct kimg_klog *klog, struct entry_lost lost)
{
	uint64_t count = lost.last - lost.first + 1;
	struct message *message;

	if (lost.numbered && klog->source.device && lost.first < klog->next) {
		if (lost.last < klog->next)
			return NULL;
		lost.first = klog->next;
		count = lost.last - lost.first + 1;
	}
	message = message_new(KIMG_KLOG_LOST);
	if (!message)
		return error_nomem();
	buf_printf(&message->text, "%llu message%s lost", (unsigned long long)count,
		   count == 1 ? "" : "s");
	if (lost.numbered)
		buf_printf(&message->text, " (sequence %llu to %llu)",
			   (unsigned long long)lost.first, (unsigned long long)lost.last);
	if (lost.here)
		buf_printf(&message->text, ", %llu as memory was full",
			   (unsigned long long)lost.here);
	if (lost.numbered)
		klog->next = lost.last + 1;
	message->public.level = 4;
	message->public.has_sequence = lost.numbered;
	message->public.sequence = lost.first;
	message->public.lost = count;
	message->public.dropped = lost.here;
	return outbox_add(klog, message);
}

static struct kimg_error *take_entry(struct kimg_klog *klog, enum entry_kind kind, size_t size)
{
	struct entry_lost lost;

	if (kind == ENTRY_RECORD)
		return take_record(klog, span_of(klog->entry, size));
	memcpy(&lost, klog->entry, sizeof(lost));
	return take_lost(klog, lost);
}

struct kimg_error *kimg_klog_note(struct kimg_klog *klog, unsigned int level, const char *text)
{
	struct message *message = message_new(KIMG_KLOG_NOTE);

	if (!message)
		return error_nomem();
	message->public.level = level & 7;
	buf_puts(&message->text, text);
	return outbox_add(klog, message);
}

/* ---- work ---- */

enum { AT_ONCE = 20, RETRY = 50 /* ms */ };

/*
 * What was handed on will not come again. After each message, so that a process that is killed repeats one record at
 * most: that which a sink took and which was not noted yet.
 */
static void commit(struct kimg_klog *klog)
{
	state_set(&klog->state, klog->next,
		  klog->settled < klog->next ? klog->settled : klog->next);
}

/* The queue is empty. */
static struct kimg_error *rest(struct kimg_klog *klog, enum kimg_klog_state *ret_state,
			       int *ret_wait)
{
	uint64_t now = clock_ms();
	bool over = !klog->stopped && queue_is_over(&klog->queue);
	bool open = klog->reader && reports_are_open(klog);

	/* Where the position is kept, the next run reads an open report again, with the rest of it. */
	if (over && klog->draining && klog->state.file)
		open = false;
	if (open && (over || now - klog->fed >= klog->options.settle)) {
		TRY(reports_flush(klog));
		*ret_state = KIMG_KLOG_BUSY;
		return NULL;
	}
	commit(klog);
	if (over && klog->drain.failed)
		return error_system(klog->drain.failed, "%s", klog->source.name);
	*ret_state = over ? KIMG_KLOG_ENDED : KIMG_KLOG_IDLE;
	*ret_wait = open ? (int)(klog->options.settle - (now - klog->fed)) : -1;
	if (klog->draining && (*ret_wait < 0 || *ret_wait > RETRY))
		*ret_wait = RETRY;
	return NULL;
}

struct kimg_error *kimg_klog_work(struct kimg_klog *klog, enum kimg_klog_state *ret_state,
				  int *ret_wait)
{
	uint64_t until = clock_ms() + AT_ONCE;
	enum entry_kind kind;
	unsigned int n = 0;
	size_t size;

	if (klog->draining && clock_ms() >= klog->drain_until)
		drain_stop(&klog->drain);
	if (klog->modules.events >= 0)
		modules_hear(&klog->modules);
	*ret_wait = 0;
	*ret_state = KIMG_KLOG_BUSY;
	for (;;) {
		if (!outbox_deliver(klog)) {
			*ret_state = KIMG_KLOG_BLOCKED;
			*ret_wait = RETRY;
			return NULL;
		}
		commit(klog);
		if (++n % 64 == 0 && clock_ms() >= until)
			return NULL;
		if (!queue_take(&klog->queue, &kind, klog->entry, &size))
			return rest(klog, ret_state, ret_wait);
		TRY(take_entry(klog, kind, size));
	}
}
