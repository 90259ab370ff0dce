/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports found in a log: its bytes become lines, what log.c makes of these goes to group.c. */
#include <stdlib.h>

#include "base/buf.h"
#include "base/error.h"
#include "oops/group.h"
#include "oops/log.h"

/* Records of the kernel have a few kilobytes at most. */
enum { LONGEST_LINE = 65536 };

struct kimg_oops_reader {
	struct log log;
	struct group group;
	struct buf rest;  /* of a line whose end did not come yet */
	uint64_t skipped; /* bytes of it that are not kept */
	uint64_t number;  /* of the line that comes next */
	uint64_t offset;
};

static void take_record(void *context, const struct log_record *record)
{
	struct kimg_oops_reader *reader = context;

	group_take(&reader->group, record);
}

struct kimg_error *kimg_oops_reader_new(const struct kimg_oops_reader_options *options,
					struct kimg_oops_reader **ret_reader)
{
	struct kimg_oops_reader *reader = calloc(1, sizeof(*reader));

	if (!reader)
		return error_nomem();
	reader->group = (struct group){
		.limits = options->limits,
		.report = options->report,
		.context = options->context,
	};
	reader->number = 1;
	reader->log = (struct log){ .record = take_record, .context = reader };
	*ret_reader = reader;
	return NULL;
}

void kimg_oops_reader_free(struct kimg_oops_reader *reader)
{
	if (!reader)
		return;
	group_done(&reader->group);
	log_done(&reader->log);
	buf_done(&reader->rest);
	free(reader);
}

/* A line whose bytes are all here: size of them in the log, newline included. */
static struct kimg_error *take_line(struct kimg_oops_reader *reader, struct span line, size_t size)
{
	bool cut = line.n > LONGEST_LINE;

	TRY(log_line(&reader->log, span_clip(line, 0, LONGEST_LINE), reader->number, reader->offset,
		     cut));
	reader->number++;
	reader->offset += size;
	return reader->group.failed ? error_nomem() : NULL;
}

/* The line that began with earlier bytes; what it has beyond LONGEST_LINE was counted only. */
static struct kimg_error *take_rest(struct kimg_oops_reader *reader, size_t newline)
{
	uint64_t size = reader->rest.n + reader->skipped + newline;
	struct kimg_error *error = take_line(reader, buf_span(&reader->rest), size);

	reader->rest.n = 0;
	reader->skipped = 0;
	return error;
}

/* One byte more than LONGEST_LINE is kept, so that the line is known to be longer. */
static struct kimg_error *keep_rest(struct kimg_oops_reader *reader, struct span part)
{
	size_t room = LONGEST_LINE + 1 - reader->rest.n;
	size_t kept = part.n < room ? part.n : room;

	buf_add(&reader->rest, part.p, kept);
	reader->skipped += part.n - kept;
	return reader->rest.failed ? error_nomem() : NULL;
}

struct kimg_error *kimg_oops_reader_feed(struct kimg_oops_reader *reader, const void *bytes,
					 size_t size)
{
	struct span input = span_of(bytes, size);

	while (input.n) {
		const uint8_t *newline = memchr(input.p, '\n', input.n);
		struct span line =
			span_clip(input, 0, newline ? (size_t)(newline - input.p) : input.n);

		input = span_from(input, line.n + (newline != NULL));
		if (newline && reader->rest.n == 0) {
			TRY(take_line(reader, line, line.n + 1));
			continue;
		}
		TRY(keep_rest(reader, line));
		if (newline)
			TRY(take_rest(reader, 1));
	}
	return NULL;
}

struct kimg_error *kimg_oops_reader_flush(struct kimg_oops_reader *reader)
{
	if (reader->rest.n)
		TRY(take_rest(reader, 0));
	TRY(log_flush(&reader->log));
	group_flush(&reader->group);
	return reader->group.failed ? error_nomem() : NULL;
}

uint64_t kimg_oops_reader_settled(const struct kimg_oops_reader *reader)
{
	uint64_t first = group_first_line(&reader->group), held = log_held(&reader->log);

	/* What is held back comes behind all lines of reports. */
	return first ? first : held ? held : reader->number;
}
