/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The log as it came, and under each line of a report what was found out about it. Lines are held back only as long
 * as a report may still come to hold them.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/oops.h"
#include "cmd/oops_items.h"

/* Columns that the bar in front of what is added stands in: under the end of the times, as dmesg(1) has them. */
enum { BAR_LEAST = 4, BAR_MOST = 16 };

/* A line that is longer, and belongs to no report by its number, goes out in pieces. */
enum { LONGEST_LINE = 1 << 20 };

struct oops_pending {
	struct oops_pending *next;
	struct kimg_oops *oops;
	struct oops_items items;
	size_t line; /* of the report, that comes next */
	size_t item;
	unsigned int bar;
};

void oops_annotator_init(struct oops_annotator *a, struct out *out, bool reports_only)
{
	*a = (struct oops_annotator){ .out = out, .reports_only = reports_only, .number = 1 };
	a->end = &a->first;
}

static void free_pending(struct oops_pending *pending)
{
	kimg_oops_free(pending->oops);
	free(pending->items.all);
	free(pending);
}

void oops_annotator_done(struct oops_annotator *a)
{
	while (a->first) {
		struct oops_pending *pending = a->first;

		a->first = pending->next;
		free_pending(pending);
	}
	buf_done(&a->held);
}

struct kimg_error *oops_annotator_add(struct oops_annotator *a, struct span bytes)
{
	/* what went out already is dropped when that is worth it */
	if (a->start > a->held.n / 2) {
		a->held.n -= a->start;
		memmove(a->held.p, a->held.p + a->start, a->held.n);
		a->start = 0;
	}
	buf_add(&a->held, bytes.p, bytes.n);
	return a->held.failed ? error_nomem() : NULL;
}

struct kimg_error *oops_annotator_report(struct oops_annotator *a, struct kimg_oops *oops)
{
	struct oops_pending *pending = calloc(1, sizeof(*pending));

	if (!pending || !oops_items_of(oops, &pending->items)) {
		free(pending);
		kimg_oops_free(oops);
		return error_nomem();
	}
	pending->oops = oops;
	*a->end = pending;
	a->end = &pending->next;
	return NULL;
}

/* ---- a line of the log ---- */

/* How long what the logger put before the text of the line is. */
static size_t prefix_length(struct span raw, const char *text)
{
	size_t n = strlen(text);

	if (n > raw.n || memcmp(raw.p + raw.n - n, text, n) != 0)
		return 0;
	return raw.n - n;
}

static enum out_style style_of(const struct oops_pending *pending)
{
	const char *text = pending->oops->lines[pending->line].text;
	enum out_style style = OUT_PLAIN;

	if (pending->oops->message && strcmp(text, pending->oops->message) == 0)
		return OUT_BAD;
	for (size_t i = pending->item; i < pending->items.count; i++) {
		const struct oops_item *item = &pending->items.all[i];

		if (item->line != pending->line)
			break;
		if (item->type == OOPS_ITEM_FRAME && !item->frame->inserted)
			style = item->frame->unreliable ? OUT_FAINT : OUT_STRONG;
	}
	return style;
}

/* pending: whose line it is; NULL: none's. */
static void show_raw(struct oops_annotator *a, struct span raw, const struct oops_pending *pending)
{
	size_t prefix = 0;

	if (pending)
		prefix = prefix_length(raw, pending->oops->lines[pending->line].text);
	out_row(a->out);
	if (prefix) {
		out_log(a->out, OUT_FAINT, span_clip(raw, 0, prefix));
		out_gap(a->out, 0);
	}
	out_log(a->out, pending ? style_of(pending) : OUT_PLAIN, span_from(raw, prefix));
	out_row_end(a->out);
}

/* ---- the lines in order ---- */

/* The report whose next line begins before the end of this one of the log. */
static bool has_line(const struct oops_pending *pending, uint64_t end)
{
	return pending->line < pending->oops->line_count &&
	       pending->oops->lines[pending->line].offset < end;
}

static void begin_report(struct oops_annotator *a, struct oops_pending *pending, struct span raw)
{
	size_t prefix = prefix_length(raw, pending->oops->lines[0].text);

	pending->bar = prefix < BAR_LEAST ? BAR_LEAST : prefix > BAR_MOST ? BAR_MOST : prefix;
	oops_show_heading(a->out, pending->oops, pending->bar);
}

static void show_items(struct oops_annotator *a, struct oops_pending *pending)
{
	for (; pending->item < pending->items.count; pending->item++) {
		const struct oops_item *item = &pending->items.all[pending->item];

		if (item->line > pending->line)
			return;
		oops_show_item(a->out, pending->oops, item, pending->bar);
	}
}

static void show_found(struct oops_annotator *a, struct oops_pending *pending, uint64_t end)
{
	for (; has_line(pending, end); pending->line++)
		show_items(a, pending);
	if (pending->line == pending->oops->line_count)
		oops_show_end(a->out, pending->oops, pending->bar);
}

/* Reports whose lines all went out are not needed any more. They are few: those that are mixed with each other. */
static void drop_shown(struct oops_annotator *a, uint64_t end)
{
	struct oops_pending **at = &a->first;

	while (*at && (*at)->oops->line_count && (*at)->oops->lines[0].offset < end) {
		struct oops_pending *pending = *at;

		if (pending->line < pending->oops->line_count) {
			at = &pending->next;
			continue;
		}
		*at = pending->next;
		if (!*at)
			a->end = at;
		free_pending(pending);
	}
}

static bool begins_before(const struct oops_pending *pending, uint64_t end)
{
	return pending && pending->oops->line_count && pending->oops->lines[0].offset < end;
}

/* A piece of a line whose end did not come yet. */
static void show_piece(struct oops_annotator *a, struct span piece)
{
	if (!a->reports_only) {
		if (a->in_line)
			out_gap(a->out, 0);
		else
			out_row(a->out);
		out_log(a->out, OUT_PLAIN, piece);
	}
	a->in_line = true;
}

/* The last piece. */
static void end_line(struct oops_annotator *a, struct span piece)
{
	show_piece(a, piece);
	if (!a->reports_only)
		out_row_end(a->out);
	a->in_line = false;
}

static void show_line(struct oops_annotator *a, struct span raw, uint64_t end)
{
	bool shown = a->in_line;
	struct oops_pending *owner = NULL, *pending;

	while (raw.n && raw.p[raw.n - 1] == '\r')
		raw.n--;
	if (shown)
		end_line(a, raw);
	for (pending = a->first; begins_before(pending, end); pending = pending->next) {
		if (!has_line(pending, end))
			continue;
		if (pending->line == 0)
			begin_report(a, pending, raw);
		owner = pending;
	}
	if (!shown && (owner || !a->reports_only))
		show_raw(a, raw, owner);
	if (!owner)
		return;
	for (pending = a->first; begins_before(pending, end); pending = pending->next)
		if (has_line(pending, end))
			show_found(a, pending, end);
	drop_shown(a, end);
}

/* What is held of a line that does not end, when all lines before it went out: no report has it yet. */
static void show_long(struct oops_annotator *a, uint64_t number)
{
	struct span rest = span_from(buf_span(&a->held), a->start);

	if (a->number != number || rest.n < LONGEST_LINE || memchr(rest.p, '\n', rest.n))
		return;
	show_piece(a, rest);
	a->offset += rest.n;
	a->start = a->held.n;
}

void oops_annotator_show(struct oops_annotator *a, uint64_t number)
{
	struct span rest = span_from(buf_span(&a->held), a->start);

	for (; a->number < number && rest.n; a->number++) {
		const uint8_t *newline = memchr(rest.p, '\n', rest.n);
		size_t n = newline ? (size_t)(newline - rest.p) : rest.n;
		size_t used = n + (newline != NULL);

		show_line(a, span_clip(rest, 0, n), a->offset + used);
		a->offset += used;
		rest = span_from(rest, used);
	}
	a->start = a->held.n - rest.n;
	show_long(a, number);
}
