/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text for people: rows of cells, colours, indentation. Nothing that a stranger wrote steers the terminal. */
#include <inttypes.h>

#include "base/escape.h"
#include "out/backend.h"

static const char *const colors[] = {
	[OUT_STRONG] = "\033[1m", [OUT_FAINT] = "\033[2m", [OUT_NAME] = "\033[36m",
	[OUT_GOOD] = "\033[32m",  [OUT_BAD] = "\033[31m",
};

static void render(struct buf *text, const struct value *value)
{
	switch (value->type) {
	case VALUE_STRING:
	case VALUE_TEXT:
	case VALUE_NULL:
		escape_line(text, value->text);
		break;
	case VALUE_LOG:
		escape_log(text, value->text);
		break;
	case VALUE_BYTES:
		escape_hex(text, value->text);
		break;
	case VALUE_NUMBER:
		buf_decimal(text, value->number);
		break;
	case VALUE_SIGNED:
		buf_putc(text, (int64_t)value->number < 0 ? '-' : '+');
		buf_decimal(text, (int64_t)value->number < 0 ? -value->number : value->number);
		break;
	case VALUE_OFFSET:
	case VALUE_HEX:
		buf_printf(text, "0x%" PRIx64, value->number);
		break;
	case VALUE_BOOL:
		buf_puts(text, value->number ? "yes" : "no");
		break;
	}
}

static void cell(struct out *out, enum out_style style, struct span text, unsigned int columns)
{
	unsigned int width = out->width < 0 ? -out->width : out->width;
	unsigned int fill = width > columns ? width - columns : 0;
	const char *color = out->color && style < ARRAY_SIZE(colors) ? colors[style] : NULL;

	if (out->cells++)
		out->pending += out->gap;
	if (out->width < 0)
		out->pending += fill;
	if (text.n) {
		if (out->pending)
			buf_fill(&out->buf, ' ', out->pending);
		out->pending = 0;
		if (color)
			buf_puts(&out->buf, color);
		buf_add(&out->buf, text.p, text.n);
		if (color)
			buf_puts(&out->buf, "\033[0m");
	}
	if (out->width > 0)
		out->pending += fill;
}

static void text_row(struct out *out, bool begin)
{
	if (out->muted)
		return;
	if (!begin)
		buf_putc(&out->buf, '\n');
	out->in_row = begin;
	out->printed = true;
	out->cells = 0;
	out->pending = begin ? out->indent : 0;
}

/* Whether value is text that looks the same when it is rendered, as nearly all is. */
static bool is_plain(const struct value *value)
{
	switch (value->type) {
	case VALUE_STRING:
	case VALUE_TEXT:
	case VALUE_LOG:
	case VALUE_NULL:
		return escape_plain_length(value->text) == value->text.n;
	default:
		return false;
	}
}

static void show(struct out *out, const struct value *value)
{
	struct buf *text = &out->cell;

	if (is_plain(value)) {
		cell(out, value->style, value->text, value->text.n);
		return;
	}
	text->n = 0;
	render(text, value);
	if (text->failed)
		out->buf.failed = true;
	cell(out, value->style, buf_span(text), text_columns(buf_span(text)));
}

/* Outside a row, a value has a row of its own. */
static void text_value(struct out *out, const struct value *value)
{
	bool alone = !out->in_row;

	if (out->muted)
		return;
	if (alone)
		text_row(out, true);
	show(out, value);
	if (alone)
		text_row(out, false);
}

static void text_space(struct out *out)
{
	if (out->printed && !out->muted)
		buf_putc(&out->buf, '\n');
}

static void text_open(struct out *out, enum out_level level, const char *key)
{
}

static void text_close(struct out *out, enum out_level level)
{
}

const struct out_backend out_text_backend = {
	.open = text_open,
	.close = text_close,
	.value = text_value,
	.row = text_row,
	.space = text_space,
};
