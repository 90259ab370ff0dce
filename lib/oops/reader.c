/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports found in a log. */
#include <stdlib.h>

#include "base/buf.h"
#include "base/error.h"
#include "oops/lines.h"
#include "oops/log.h"

enum { LONGEST_LINE = 1 << 20, MOST_FOREIGN = 16 };

struct kimg_oops_reader {
	struct kimg_oops_reader_options options;
	struct log log;
	struct buf rest; /* of a line whose end did not come yet */
	uint64_t number; /* of the line that comes next */
	uint64_t offset;
	uint64_t reports;
	struct report *open;
	unsigned int foreign; /* lines since one that the open report took */
	bool failed;
};

static void close_report(struct kimg_oops_reader *reader)
{
	struct report *report = reader->open;

	if (!report)
		return;
	reader->open = NULL;
	report_finish(report);
	if (report->failed)
		reader->failed = true;
	report->oops.number = ++reader->reports;
	reader->options.report(reader->options.context, &report->oops);
}

static void open_report(struct kimg_oops_reader *reader, const struct log_record *record)
{
	reader->open = report_new();
	reader->foreign = 0;
	if (!reader->open) {
		reader->failed = true;
		return;
	}
	reader->open->oops.has_time = record->has_time;
	reader->open->oops.time = record->time;
}

/* A line that starts a report ends the one before it, unless that has only begun. */
static bool begins(const struct kimg_oops_reader *reader, const struct log_record *record)
{
	struct line_start start;

	if (!line_start(record->text, &start))
		return false;
	if (!reader->open)
		return true;
	if (start.opens)
		return true;
	return !start.weak && !start.renames && !start.follows &&
	       (reader->open->ended || reader->open->oops.block_count);
}

static void take_record(void *context, const struct log_record *record)
{
	struct kimg_oops_reader *reader = context;

	if (begins(reader, record)) {
		close_report(reader);
		open_report(reader, record);
	}
	if (!reader->open)
		return;
	report_add_line(reader->open, record->text, record->number, record->offset);
	switch (report_take(reader->open, record->text)) {
	case LINE_FOREIGN:
		if (++reader->foreign > MOST_FOREIGN)
			close_report(reader);
		break;
	case LINE_BODY:
		reader->foreign = 0;
		break;
	case LINE_LAST:
		close_report(reader);
		break;
	}
}

struct kimg_error *kimg_oops_reader_new(const struct kimg_oops_reader_options *options,
					struct kimg_oops_reader **ret_reader)
{
	struct kimg_oops_reader *reader = calloc(1, sizeof(*reader));

	if (!reader)
		return error_nomem();
	reader->options = *options;
	reader->number = 1;
	reader->log = (struct log){ .record = take_record, .context = reader };
	*ret_reader = reader;
	return NULL;
}

void kimg_oops_reader_free(struct kimg_oops_reader *reader)
{
	if (!reader)
		return;
	if (reader->open)
		kimg_oops_free(&reader->open->oops);
	log_done(&reader->log);
	buf_done(&reader->rest);
	free(reader);
}

static struct kimg_error *take_line(struct kimg_oops_reader *reader, struct span line, size_t size)
{
	TRY(log_line(&reader->log, line, reader->number, reader->offset));
	reader->number++;
	reader->offset += size;
	return reader->failed ? error_nomem() : NULL;
}

/* The line that began with earlier bytes. */
static struct kimg_error *take_rest(struct kimg_oops_reader *reader, size_t newline)
{
	size_t size = reader->rest.n + newline;
	struct kimg_error *error = take_line(reader, buf_span(&reader->rest), size);

	reader->rest.n = 0;
	return error;
}

struct kimg_error *kimg_oops_reader_feed(struct kimg_oops_reader *reader, const void *bytes,
					 size_t size)
{
	struct span input = span_of(bytes, size);

	while (input.n) {
		const uint8_t *newline = memchr(input.p, '\n', input.n);
		struct span line = span_clip(input, 0, newline ? (size_t)(newline - input.p) : input.n);

		input = span_from(input, line.n + (newline != NULL));
		if (newline && reader->rest.n == 0) {
			TRY(take_line(reader, line, line.n + 1));
			continue;
		}
		buf_add(&reader->rest, line.p, line.n);
		if (reader->rest.failed)
			return error_nomem();
		if (newline || reader->rest.n > LONGEST_LINE)
			TRY(take_rest(reader, newline != NULL));
	}
	return NULL;
}

struct kimg_error *kimg_oops_reader_flush(struct kimg_oops_reader *reader)
{
	if (reader->rest.n)
		TRY(take_rest(reader, 0));
	close_report(reader);
	return reader->failed ? error_nomem() : NULL;
}

uint64_t kimg_oops_reader_settled(const struct kimg_oops_reader *reader)
{
	return reader->open ? reader->open->oops.lines[0].number : reader->number;
}
