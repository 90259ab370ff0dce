/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The writer: what is common to its back ends. */
#include "out/out.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "out/backend.h"

#define BUFFER_SIZE (64u << 10)
#define NORMAL_GAP  2

struct out *out_new(int fd, enum out_format format, bool color)
{
	struct out *out = calloc(1, sizeof(*out));

	if (!out)
		return NULL;
	out->backend = format == OUT_TEXT ? &out_text_backend : &out_json_backend;
	out->format = format;
	out->color = color;
	out->skips_data = format == OUT_TEXT;
	out->fd = fd;
	out->gap = NORMAL_GAP;
	return out;
}

void out_flush(struct out *out)
{
	struct span rest = buf_span(&out->buf);

	while (rest.n && !out->error) {
		ssize_t n = write(out->fd, rest.p, rest.n);

		if (n < 0 && errno != EINTR)
			out->error = errno;
		if (n > 0)
			rest = span_from(rest, n);
	}
	out->buf.n = 0;
}

bool out_failed(const struct out *out)
{
	return out->error;
}

void out_flush_some(struct out *out)
{
	if (out->buf.n >= BUFFER_SIZE)
		out_flush(out);
}

int out_finish(struct out *out)
{
	int error;

	while (out->depth)
		out_close(out);
	if (out->buf.failed)
		out->error = ENOMEM;
	out_flush(out);
	error = out->error;
	buf_done(&out->buf);
	buf_done(&out->cell);
	free(out);
	return error;
}

/* ---- structure ---- */

static void open_level(struct out *out, enum out_level level, const char *key)
{
	if (out->depth >= OUT_MAX_LEVELS)
		abort();
	out->backend->open(out, level, key);
	out->levels[out->depth] = level;
	out->filled[out->depth] = false;
	out->depth++;
}

void out_document(struct out *out, const char *schema, const char *key)
{
	out->schema = schema;
	if (key) {
		open_level(out, OUT_LEVEL_DOCUMENT, key);
	} else {
		open_level(out, OUT_LEVEL_OBJECT, NULL);
		out_string(out, "schema", OUT_DATA, schema);
	}
}

void out_record(struct out *out)
{
	open_level(out, OUT_LEVEL_RECORD, NULL);
}

void out_object(struct out *out, const char *key)
{
	open_level(out, OUT_LEVEL_OBJECT, key);
}

void out_array(struct out *out, const char *key)
{
	open_level(out, OUT_LEVEL_ARRAY, key);
}

void out_close(struct out *out)
{
	out->depth--;
	out->backend->close(out, out->levels[out->depth]);
	out_flush_some(out);
}

/* ---- values ---- */

static void add_value(struct out *out, struct value value)
{
	out->backend->value(out, &value);
	/* What text does not show leaves the gap to what it shows next. */
	if (value.style != OUT_DATA) {
		out->gap = NORMAL_GAP;
		out->width = 0;
	}
	out_flush_some(out);
}

/* A million values a second may be for programs alone. */
static bool skips(const struct out *out, enum out_style style)
{
	return style == OUT_DATA && out->skips_data;
}

static void add_text(struct out *out, const char *key, enum out_style style, enum value_type type,
		     struct span text)
{
	if (!skips(out, style))
		add_value(out,
			  (struct value){ .key = key, .style = style, .type = type, .text = text });
}

void out_string(struct out *out, const char *key, enum out_style style, const char *text)
{
	add_text(out, key, style, text ? VALUE_STRING : VALUE_NULL,
		 span_of(text, text ? strlen(text) : 0));
}

void out_text(struct out *out, const char *key, enum out_style style, struct span text)
{
	add_text(out, key, style, VALUE_TEXT, text);
}

void out_bytes(struct out *out, const char *key, enum out_style style, struct span bytes)
{
	add_text(out, key, style, VALUE_BYTES, bytes);
}

static void add_number(struct out *out, const char *key, enum out_style style, enum value_type type,
		       uint64_t number)
{
	if (!skips(out, style))
		add_value(out,
			  (struct value){
				  .key = key, .style = style, .type = type, .number = number });
}

void out_number(struct out *out, const char *key, enum out_style style, uint64_t value)
{
	add_number(out, key, style, VALUE_NUMBER, value);
}

void out_signed(struct out *out, const char *key, enum out_style style, int64_t value)
{
	add_number(out, key, style, VALUE_SIGNED, value);
}

void out_offset(struct out *out, const char *key, enum out_style style, uint64_t value)
{
	add_number(out, key, style, VALUE_OFFSET, value);
}

void out_hex(struct out *out, const char *key, enum out_style style, uint64_t value)
{
	add_number(out, key, style, VALUE_HEX, value);
}

void out_bool(struct out *out, const char *key, enum out_style style, bool value)
{
	add_number(out, key, style, VALUE_BOOL, value);
}

void out_null(struct out *out, const char *key, enum out_style style, const char *words)
{
	add_text(out, key, style, VALUE_NULL, span_of(words, strlen(words)));
}

/* ---- layout ---- */

void out_row(struct out *out)
{
	out->backend->row(out, true);
}

void out_row_end(struct out *out)
{
	out->backend->row(out, false);
	out_flush_some(out);
}

void out_mute(struct out *out)
{
	out->muted++;
}

void out_unmute(struct out *out)
{
	out->muted--;
}

void out_block(struct out *out, unsigned int indent)
{
	if (out->blocks >= OUT_MAX_BLOCKS)
		abort();
	out->indents[out->blocks++] = out->indent;
	out->indent += indent;
}

void out_block_end(struct out *out)
{
	out->indent = out->indents[--out->blocks];
}

void out_space(struct out *out)
{
	out->backend->space(out);
}

void out_print(struct out *out, enum out_style style, const char *format, ...)
{
	cleanup_buf struct buf text = { 0 };
	va_list ap;
	char *p = NULL;
	int n;

	va_start(ap, format);
	n = vasprintf(&p, format, ap);
	va_end(ap);
	if (n < 0) {
		out->buf.failed = true;
		return;
	}
	add_value(out, (struct value){ .style = style,
				       .type = VALUE_TEXT,
				       .text = span_of(p, n),
				       .layout = true });
	free(p);
}

void out_log(struct out *out, enum out_style style, struct span text)
{
	add_value(out, (struct value){
			       .style = style, .type = VALUE_LOG, .text = text, .layout = true });
}

void out_gap(struct out *out, unsigned int columns)
{
	out->gap = columns;
}

void out_width(struct out *out, int width)
{
	out->width = width;
}
