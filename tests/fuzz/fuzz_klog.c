/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of the kernel's log: how they are cut out of a stream, taken apart, and written as lines; /proc/modules. */
#include <errno.h>

#include "klog/drain.h"
#include "klog/modules.h"
#include "klog/record.h"
#include "klog/sink.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static ssize_t read_piece(struct source *source, void *bytes, size_t size)
{
	struct span *rest = source->context;
	size_t n = rest->n ? rest->p[0] % 64 + 1 : 0;

	if (rest->n == 0)
		return -EAGAIN;
	if (n > rest->n || !source->patient)
		n = rest->n;
	if (n > size)
		n = size;
	memcpy(bytes, rest->p, n);
	*rest = span_from(*rest, n);
	return n;
}

/* A line of a log is text without control characters, whatever was in the record. */
static void check_line(const struct buf *line)
{
	for (size_t i = 0; i < line->n; i++)
		if ((uint8_t)line->p[i] < ' ' && line->p[i] != '\t')
			abort();
}

static void format_all(const struct record *record)
{
	cleanup_buf struct buf text = { 0 };
	struct kimg_klog_message message = { .facility = record->facility,
					     .level = record->level,
					     .has_sequence = record->has_sequence,
					     .sequence = record->sequence,
					     .has_time = record->has_time,
					     .time = record->time };

	record_unescape(&text, record->text);
	message.text = text.p ? text.p : "";
	message.size = text.n;
	for (int format = KIMG_KLOG_PRIORITY; format <= KIMG_KLOG_RFC5424; format++) {
		struct span line;
		size_t at = 0;

		while (next_line(&message, &at, &line)) {
			cleanup_buf struct buf out = { 0 };

			format_line(&out, format, "host", &message, line);
			check_line(&out);
		}
	}
}

static void take_all(struct queue *queue)
{
	static uint8_t bytes[LONGEST_ENTRY];
	enum entry_kind kind;
	struct record record;
	size_t size;

	while (queue_take(queue, &kind, bytes, &size)) {
		if (kind != ENTRY_RECORD)
			continue;
		record_parse(span_of(bytes, size), &record);
		format_all(&record);
	}
}

static void fuzz_stream(struct span data, bool device)
{
	struct source source = {
		.read = read_piece, .fd = -1, .device = device, .patient = !device
	};
	struct queue queue;
	struct drain drain;

	source.context = &data;
	if (queue_init(&queue, 1 << 20) || drain_init(&drain, &source, &queue))
		abort();
	drain.once = true;
	while (data.n) {
		/* without a thread nobody else makes room */
		queue.closed = true;
		drain_run(&drain);
		take_all(&queue);
	}
	drain_done(&drain);
	queue_done(&queue);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct modules modules = { .events = -1 };
	struct span input = span_of(data, size);

	fuzz_stream(input, false);
	fuzz_stream(input, true);
	modules_update(&modules, input);
	modules_update(&modules, span_from(input, size / 2));
	modules_close(&modules);
	return 0;
}
