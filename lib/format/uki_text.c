/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text in the sections of unified kernel images.
 *
 *   .osrel, .profile: lines of KEY=VALUE; values may stand in quotes; '#' starts a comment (os-release(5))
 *   .sbat: lines of component,generation,vendor name,vendor package,vendor version,vendor URL
 */
#include "format/uki_text.h"

#include "base/buf.h"

#define MAX_TEXT     (64u << 10)
#define MAX_LINES    64
#define MAX_NAME     64
#define SBAT_COLUMNS 6

/* Takes what comes before the next separator, or all that is left, off the start of *s. */
static struct span take_until(struct span *s, char separator)
{
	struct span head = *s;
	size_t at;

	if (span_find(*s, 0, span_of(&separator, 1), &at)) {
		head = span_clip(*s, 0, at);
		*s = span_from(*s, at + 1);
	} else {
		*s = span_from(*s, s->n);
	}
	return head;
}

static struct span take_line(struct span *s)
{
	struct span line = take_until(s, '\n');

	while (line.n && strchr(" \t\r", line.p[line.n - 1]) && line.p[line.n - 1])
		line.n--;
	while (line.n && (line.p[0] == ' ' || line.p[0] == '\t'))
		line = span_from(line, 1);
	return line;
}

/* What becomes the name of a field must be safe to show. */
static bool is_name(struct span s, const char *others)
{
	if (s.n == 0 || s.n > MAX_NAME)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];

		if (!(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    !(c && strchr(others, c)))
			return false;
	}
	return true;
}

static void copy_name(struct span s, char name[MAX_NAME + 1])
{
	memcpy(name, s.p, s.n);
	name[s.n] = '\0';
}

/* In double quotes a backslash may stand before $, ", \ and `. */
static void unquote(struct span s, struct buf *ret)
{
	char quote = s.n >= 2 && s.p[0] == s.p[s.n - 1] ? s.p[0] : '\0';

	if (quote == '"' || quote == '\'')
		s = span_clip(s, 1, s.n - 2);
	for (size_t i = 0; i < s.n; i++) {
		if (quote == '"' && s.p[i] == '\\' && i + 1 < s.n && s.p[i + 1] &&
		    strchr("$\"\\`", s.p[i + 1]))
			i++;
		buf_putc(ret, s.p[i]);
	}
}

void uki_add_assignments(struct kimg_part *part, struct span text)
{
	text = span_text(span_clip(text, 0, MAX_TEXT));
	for (int i = 0; text.n && i < MAX_LINES; i++) {
		cleanup_buf struct buf value = { 0 };
		struct span rest = take_line(&text), key;
		char name[MAX_NAME + 1];
		size_t at;

		if (!span_find(rest, 0, SPAN_LITERAL("="), &at))
			continue;
		/* A comment has no such name either. */
		key = take_until(&rest, '=');
		if (!is_name(key, "_"))
			continue;
		copy_name(key, name);
		unquote(rest, &value);
		if (!value.failed)
			field_text(part, name, buf_span(&value));
	}
}

static uint64_t number(struct span s)
{
	uint64_t value = 0;

	for (size_t i = 0; i < s.n && i < 18 && s.p[i] >= '0' && s.p[i] <= '9'; i++)
		value = value * 10 + (s.p[i] - '0');
	return value;
}

void uki_add_sbat(struct kimg_part *part, struct span text)
{
	text = span_text(span_clip(text, 0, MAX_TEXT));
	for (int i = 0; text.n && i < MAX_LINES; i++) {
		struct span line = take_line(&text), column[SBAT_COLUMNS];
		char name[MAX_NAME + 1];

		for (int c = 0; c < SBAT_COLUMNS; c++)
			column[c] = take_until(&line, ',');
		if (!is_name(column[0], "-._+"))
			continue;
		copy_name(column[0], name);
		field_number_as(part, name, number(column[1]), "%.*s, %.*s %.*s", (int)column[2].n,
				column[2].p, (int)column[3].n, column[3].p, (int)column[4].n,
				column[4].p);
	}
}
