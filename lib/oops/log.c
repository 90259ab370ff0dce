/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of logs without their prefixes. What a line is, is told by the line itself, so that logs of several loggers
 * may come in one stream; only entries of the journal, lines of mails that "=" joins, and what follows a record of
 * /dev/kmsg need to know what came before.
 */
#include "oops/log.h"

#include "oops/log_forms.h"

/* A record of several lines, as /dev/kmsg and the journal have them, is as many records. */
void log_emit(struct log *log, struct log_record *record)
{
	struct span text = record->text;
	const uint8_t *newline;

	record->gap = log->gap;
	record->note = log->note;
	log->gap = false;
	log->note = NULL;
	while ((newline = text.n ? memchr(text.p, '\n', text.n) : NULL)) {
		size_t n = newline - text.p;

		record->text = span_clip(text, 0, n);
		log->record(log->context, record);
		text = span_from(text, n + 1);
		record->gap = false;
		record->note = NULL;
		if (text.n == 0)
			return;
	}
	record->text = text;
	log->record(log->context, record);
}

/* What stands between two carriage returns. */
static void take_piece(struct log *log, struct span piece, struct log_record record)
{
	if (log->kmsg && log_is_dictionary(piece))
		return;
	log->kmsg = false;
	record.text = piece;
	if (log_peel(log, &record))
		log_emit(log, &record);
}

/* Serial consoles end lines in "\r\n" or "\n\r", and some programs go back to the start of the line. */
static void take_pieces(struct log *log, struct span line, const struct log_record *record)
{
	const uint8_t *end;

	while ((end = line.n ? memchr(line.p, '\r', line.n) : NULL)) {
		size_t n = end - line.p;

		if (n)
			take_piece(log, span_clip(line, 0, n), *record);
		line = span_from(line, n + 1);
		if (line.n == 0)
			return;
	}
	take_piece(log, line, *record);
}

static bool failed(const struct log *log)
{
	return log->clean.failed || log->unescaped.failed || log->soft.failed || log->json.failed ||
	       log->json_value.failed || log->entry.value.failed || log->entry.text.failed;
}

static void take_line(struct log *log, struct span line, struct log_record *record)
{
	if (log_take_export(log, line, record))
		return;
	line = log_clean(log, line, &record->damaged);
	if (log_take_part(log, line) || log_take_mail(log, &line, record))
		return;
	take_pieces(log, line, record);
}

struct kimg_error *log_line(struct log *log, struct span line, uint64_t number, uint64_t offset,
			    bool cut)
{
	struct log_record record = {
		.number = number,
		.offset = offset,
		.level = -1,
		.damaged = cut,
	};

	take_line(log, line, &record);
	return failed(log) ? error_nomem() : NULL;
}

struct kimg_error *log_flush(struct log *log)
{
	log_end_entry(log);
	if (log->soft.n) {
		struct log_record record = {
			.number = log->soft_number,
			.offset = log->soft_offset,
			.level = -1,
			.damaged = true,
		};

		take_pieces(log, buf_span(&log->soft), &record);
		log->soft.n = 0;
	}
	return failed(log) ? error_nomem() : NULL;
}

uint64_t log_held(const struct log *log)
{
	if (log->entry.open)
		return log->entry.record.number;
	return log->soft.n ? log->soft_number : 0;
}

void log_done(struct log *log)
{
	buf_done(&log->clean);
	buf_done(&log->unescaped);
	buf_done(&log->json);
	buf_done(&log->json_value);
	buf_done(&log->soft);
	buf_done(&log->entry.value);
	buf_done(&log->entry.text);
}
