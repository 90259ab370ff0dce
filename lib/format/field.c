/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What parts say of themselves: fields and notes. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "base/buf.h"
#include "format/image.h"

/* Nothing that a header tells is longer; a hostile one would only fill memory and screens. */
#define MAX_TEXT (64u << 10)

static struct kimg_field *set(struct kimg_part *part, const char *name, enum kimg_field_type type)
{
	struct arena *arena = &node_of(part)->image->arena;
	const struct kimg_field **link = &part->fields;
	struct kimg_field *field;

	/* A driver may describe any number of parts that could not be made: that must not fill memory. */
	if (part_is_lost(part)) {
		node_of(part)->image->scrap_field = (struct kimg_field){ .name = "" };
		return &node_of(part)->image->scrap_field;
	}
	while (*link && strcmp((*link)->name, name) != 0)
		link = (const struct kimg_field **)&(*link)->next;
	field = (struct kimg_field *)*link;
	if (!field) {
		field = arena_alloc(arena, sizeof(*field));
		if (!field) {
			node_of(part)->image->out_of_memory = true;
			node_of(part)->image->scrap_field.name = "";
			return &node_of(part)->image->scrap_field;
		}
		field->name = arena_copy(arena, name, strlen(name));
		if (!field->name)
			field->name = "";
		*link = field;
	}
	*field = (struct kimg_field){ .name = field->name, .type = type, .next = field->next };
	return field;
}

static void set_bytes(struct kimg_part *part, struct kimg_field *field, struct span bytes)
{
	if (part_is_lost(part))
		return;
	if (bytes.n > MAX_TEXT) {
		note(part, "%s is %zu bytes long, shown are the first %u", field->name, bytes.n,
		     MAX_TEXT);
		bytes.n = MAX_TEXT;
	}
	field->bytes = arena_copy(&node_of(part)->image->arena, (const char *)bytes.p, bytes.n);
	field->length = field->bytes ? bytes.n : 0;
}

static const char *print(struct kimg_part *part, const char *format, va_list ap)
{
	const char *text;

	if (part_is_lost(part))
		return NULL;
	text = arena_vprintf(&node_of(part)->image->arena, format, ap);
	if (!text)
		node_of(part)->image->out_of_memory = true;
	return text;
}

void field_number(struct kimg_part *part, const char *name, uint64_t value)
{
	set(part, name, KIMG_FIELD_NUMBER)->number = value;
}

void field_hex(struct kimg_part *part, const char *name, uint64_t value)
{
	set(part, name, KIMG_FIELD_HEX)->number = value;
}

void field_bool(struct kimg_part *part, const char *name, bool value)
{
	set(part, name, KIMG_FIELD_BOOL)->number = value;
}

void field_number_as(struct kimg_part *part, const char *name, uint64_t value, const char *format,
		     ...)
{
	struct kimg_field *field = set(part, name, KIMG_FIELD_NUMBER);
	va_list ap;

	va_start(ap, format);
	field->number = value;
	field->meaning = print(part, format, ap);
	va_end(ap);
}

void field_hex_as(struct kimg_part *part, const char *name, uint64_t value, const char *format, ...)
{
	struct kimg_field *field = set(part, name, KIMG_FIELD_HEX);
	va_list ap;

	va_start(ap, format);
	field->number = value;
	field->meaning = print(part, format, ap);
	va_end(ap);
}

void field_enum(struct kimg_part *part, const char *name, uint64_t value,
		const struct name_of *names)
{
	while (names->name && names->value != value)
		names++;
	field_number_as(part, name, value, "%s", names->name ? names->name : "unknown");
}

void field_flags(struct kimg_part *part, const char *name, uint64_t value,
		 const struct name_of *bits)
{
	cleanup_buf struct buf text = { 0 };
	uint64_t rest = value;

	for (; bits->name; bits++) {
		if (!bits->value || (value & bits->value) != bits->value)
			continue;
		buf_printf(&text, "%s%s", text.n ? "," : "", bits->name);
		rest &= ~bits->value;
	}
	if (rest && text.n)
		buf_printf(&text, ",0x%" PRIx64, rest);
	if (text.n && !text.failed)
		field_hex_as(part, name, value, "%s", text.p);
	else
		field_hex(part, name, value);
}

void field_text(struct kimg_part *part, const char *name, struct span text)
{
	set_bytes(part, set(part, name, KIMG_FIELD_TEXT), span_text(text));
}

void field_printf(struct kimg_part *part, const char *name, const char *format, ...)
{
	struct kimg_field *field = set(part, name, KIMG_FIELD_TEXT);
	va_list ap;

	va_start(ap, format);
	field->bytes = print(part, format, ap);
	va_end(ap);
	field->length = field->bytes ? strlen(field->bytes) : 0;
}

void field_bytes(struct kimg_part *part, const char *name, struct span bytes)
{
	set_bytes(part, set(part, name, KIMG_FIELD_BYTES), bytes);
}

void field_time(struct kimg_part *part, const char *name, uint64_t seconds)
{
	time_t t = seconds;
	struct tm tm;
	char text[64];

	if ((uint64_t)t == seconds && gmtime_r(&t, &tm) &&
	    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", &tm))
		field_number_as(part, name, seconds, "%s", text);
	else
		field_number(part, name, seconds);
}

void field_unchecked(struct kimg_part *part, const char *name)
{
	set(part, name, KIMG_FIELD_UNCHECKED);
}

static void hex_text(struct buf *text, struct span bytes)
{
	for (size_t i = 0; i < bytes.n && i < 64; i++)
		buf_printf(text, "%02x", bytes.p[i]);
}

void field_check(struct kimg_part *part, const char *name, struct span stored, struct span computed)
{
	cleanup_buf struct buf text = { 0 };

	if (span_equal(stored, computed)) {
		field_printf(part, name, "ok");
		return;
	}
	field_printf(part, name, "wrong");
	buf_printf(&text, "%s is ", name);
	hex_text(&text, stored);
	buf_puts(&text, ", the bytes give ");
	hex_text(&text, computed);
	if (!text.failed)
		note_bad(part, "%s", text.p);
}

static void add_note(struct kimg_part *part, bool bad, const char *format, va_list ap)
{
	const struct kimg_note **link = &part->notes;
	struct kimg_note *new;

	if (part_is_lost(part))
		return;
	new = arena_alloc(&node_of(part)->image->arena, sizeof(*new));
	if (!new) {
		node_of(part)->image->out_of_memory = true;
		return;
	}
	new->text = print(part, format, ap);
	new->bad = bad;
	if (!new->text)
		return;
	while (*link)
		link = (const struct kimg_note **)&(*link)->next;
	*link = new;
}

void note(struct kimg_part *part, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	add_note(part, false, format, ap);
	va_end(ap);
}

void note_bad(struct kimg_part *part, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	add_note(part, true, format, ap);
	va_end(ap);
}

const struct kimg_field *kimg_part_field(const struct kimg_part *part, const char *name)
{
	for (const struct kimg_field *field = part->fields; field; field = field->next)
		if (strcmp(field->name, name) == 0)
			return field;
	return NULL;
}
