/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON (RFC 8259): indented, on one line, or one line for each record. */
#include <inttypes.h>

#include "base/escape.h"
#include "out/backend.h"

static void quoted(struct out *out, struct span text)
{
	buf_putc(&out->buf, '"');
	escape_json(&out->buf, text);
	buf_putc(&out->buf, '"');
}

static bool pretty(const struct out *out)
{
	return out->format == OUT_JSON_PRETTY;
}

static void new_line(struct out *out, unsigned int depth)
{
	if (!pretty(out))
		return;
	buf_printf(&out->buf, "\n%*s", (int)depth * 2, "");
}

/* Before every member and element: the comma, the line, the key. */
static void member(struct out *out, const char *key)
{
	if (out->depth == 0)
		return;
	if (out->filled[out->depth - 1])
		buf_putc(&out->buf, ',');
	out->filled[out->depth - 1] = true;
	new_line(out, out->depth + (out->levels[0] == OUT_LEVEL_DOCUMENT));
	if (key) {
		quoted(out, span_of(key, strlen(key)));
		buf_puts(&out->buf, pretty(out) ? ": " : ":");
	}
}

static void open_document(struct out *out, const char *key)
{
	/* The level of a document is the list of its records, which is a level deeper than its braces. */
	if (out->format == OUT_JSON_LINES)
		return;
	buf_putc(&out->buf, '{');
	new_line(out, 1);
	buf_printf(&out->buf, pretty(out) ? "\"schema\": \"%s\"," : "\"schema\":\"%s\",",
		   out->schema);
	new_line(out, 1);
	buf_printf(&out->buf, pretty(out) ? "\"%s\": [" : "\"%s\":[", key);
}

static void json_open(struct out *out, enum out_level level, const char *key)
{
	switch (level) {
	case OUT_LEVEL_DOCUMENT:
		open_document(out, key);
		return;
	case OUT_LEVEL_RECORD:
		if (out->format != OUT_JSON_LINES) {
			member(out, NULL);
			buf_putc(&out->buf, '{');
			return;
		}
		buf_printf(&out->buf, "{\"schema\":\"%s\",", out->schema);
		return;
	case OUT_LEVEL_OBJECT:
	case OUT_LEVEL_ARRAY:
		member(out, key);
		buf_putc(&out->buf, level == OUT_LEVEL_OBJECT ? '{' : '[');
	}
}

static void json_close(struct out *out, enum out_level level)
{
	bool lines = out->format == OUT_JSON_LINES;

	if (level == OUT_LEVEL_DOCUMENT && lines)
		return;
	if (out->filled[out->depth])
		new_line(out, out->depth + (out->levels[0] == OUT_LEVEL_DOCUMENT));
	buf_putc(&out->buf, level == OUT_LEVEL_ARRAY || level == OUT_LEVEL_DOCUMENT ? ']' : '}');
	if (level == OUT_LEVEL_DOCUMENT) {
		new_line(out, 0);
		buf_putc(&out->buf, '}');
	}
	if (out->depth == 0 || (level == OUT_LEVEL_RECORD && lines))
		buf_putc(&out->buf, '\n');
}

/* Text that is not UTF-8 has its bytes beside it, for those who need them. */
static void text_value(struct out *out, const struct value *value)
{
	bool valid;

	buf_putc(&out->buf, '"');
	valid = escape_json(&out->buf, value->text);
	buf_putc(&out->buf, '"');
	if (!valid && value->key) {
		cleanup_buf struct buf key = { 0 };

		buf_printf(&key, "%s_hex", value->key);
		member(out, key.failed ? "hex" : key.p);
		buf_putc(&out->buf, '"');
		escape_hex(&out->buf, value->text);
		buf_putc(&out->buf, '"');
	}
}

static void json_value(struct out *out, const struct value *value)
{
	bool in_array = out->depth && out->levels[out->depth - 1] == OUT_LEVEL_ARRAY;

	if (value->layout || (!value->key && !in_array))
		return;
	member(out, value->key);
	switch (value->type) {
	case VALUE_STRING:
	case VALUE_TEXT:
	case VALUE_LOG:
		text_value(out, value);
		break;
	case VALUE_BYTES:
		buf_putc(&out->buf, '"');
		escape_hex(&out->buf, value->text);
		buf_putc(&out->buf, '"');
		break;
	case VALUE_NUMBER:
	case VALUE_OFFSET:
		buf_decimal(&out->buf, value->number);
		break;
	case VALUE_SIGNED:
		buf_printf(&out->buf, "%" PRId64, (int64_t)value->number);
		break;
	case VALUE_HEX:
		buf_printf(&out->buf, "\"0x%" PRIx64 "\"", value->number);
		break;
	case VALUE_BOOL:
		buf_puts(&out->buf, value->number ? "true" : "false");
		break;
	case VALUE_NULL:
		buf_puts(&out->buf, "null");
		break;
	}
}

static void json_row(struct out *out, bool begin)
{
}

static void json_space(struct out *out)
{
}

const struct out_backend out_json_backend = {
	.open = json_open,
	.close = json_close,
	.value = json_value,
	.row = json_row,
	.space = json_space,
};
