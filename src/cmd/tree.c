/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part tree, line by line. */
#include "cmd/tree.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "kimg/image.h"

#define FIELD_INDENT 4

/* ---- fields ---- */

static void field_value(struct out *out, const char *key, const struct kimg_field *field)
{
	struct span bytes = span_of(field->bytes, field->length);

	switch (field->type) {
	case KIMG_FIELD_NUMBER:
		out_number(out, key, OUT_PLAIN, field->number);
		break;
	case KIMG_FIELD_HEX:
		out_hex(out, key, OUT_PLAIN, field->number);
		break;
	case KIMG_FIELD_BOOL:
		out_bool(out, key, OUT_PLAIN, field->number);
		break;
	case KIMG_FIELD_TEXT:
		out_text(out, key, OUT_PLAIN, bytes);
		break;
	case KIMG_FIELD_BYTES:
		out_bytes(out, key, OUT_PLAIN, bytes);
		break;
	case KIMG_FIELD_UNCHECKED:
		out_null(out, key, OUT_FAINT, "not checked");
		break;
	}
}

static void field_line(struct out *out, const struct kimg_field *field, int width)
{
	out_row(out);
	out_width(out, width);
	out_print(out, OUT_FAINT, "%s", field->name);
	if (field->meaning) {
		out_object(out, field->name);
		field_value(out, "value", field);
		out_gap(out, 1);
		out_print(out, OUT_PLAIN, "(");
		out_gap(out, 0);
		out_text(out, "text", OUT_PLAIN, span_of(field->meaning, strlen(field->meaning)));
		out_gap(out, 0);
		out_print(out, OUT_PLAIN, ")");
		out_close(out);
	} else {
		field_value(out, field->name, field);
	}
	out_row_end(out);
}

static void fields(struct out *out, const struct kimg_part *part)
{
	size_t width = 0;

	for (const struct kimg_field *field = part->fields; field; field = field->next)
		if (strlen(field->name) > width)
			width = strlen(field->name);
	if (!width)
		return;
	out_object(out, "fields");
	for (const struct kimg_field *field = part->fields; field; field = field->next)
		field_line(out, field, width);
	out_close(out);
}

static void notes(struct out *out, const struct kimg_part *part)
{
	if (!part->notes)
		return;
	out_array(out, "notes");
	for (const struct kimg_note *note = part->notes; note; note = note->next) {
		enum out_style style = note->bad ? OUT_BAD : OUT_PLAIN;

		out_object(out, NULL);
		out_row(out);
		out_print(out, style, note->bad ? "!" : "-");
		out_gap(out, 1);
		out_text(out, "text", style, span_of(note->text, strlen(note->text)));
		out_bool(out, "bad", OUT_DATA, note->bad);
		out_row_end(out);
		out_close(out);
	}
	out_close(out);
}

/* ---- parts ---- */

static void part_line(struct tree *tree, const struct kimg_part *part)
{
	struct out *out = tree->out;
	const char *kind = kimg_part_kind_name(part->kind);
	const char *title = part->format ? kimg_format_title(part->format) : NULL;

	out_row(out);
	out_width(out, -tree->offset_width);
	out_offset(out, "offset", OUT_FAINT, part->offset);
	out_width(out, -tree->size_width);
	out_number(out, "size", OUT_PLAIN, part->size);
	out_gap(out, 2 + 2 * tree->level);
	out_string(out, "name", OUT_NAME, part->name);
	out_string(out, "kind", strcmp(kind, part->name) == 0 ? OUT_DATA : OUT_FAINT, kind);
	out_string(out, "format", part->format ? OUT_PLAIN : OUT_DATA, part->format);
	out_string(out, "title", OUT_DATA, title);
	out_string(out, "codec", part->codec ? OUT_PLAIN : OUT_DATA, part->codec);
	out_bool(out, "view", OUT_DATA, part->view);
	if (part->view)
		out_print(out, OUT_FAINT, "view");
	out_bool(out, "truncated", OUT_DATA, part->truncated);
	if (part->truncated)
		out_print(out, OUT_BAD, "truncated");
	out_row_end(out);
}

/* Parts that a tree may have by the dozen, of which the first look needs none. */
static bool is_detail(const struct kimg_part *part)
{
	return part->kind == KIMG_PART_SECTION || part->kind == KIMG_PART_SEGMENT ||
	       part->kind == KIMG_PART_NOTE || part->kind == KIMG_PART_TABLE ||
	       part->kind == KIMG_PART_PADDING || (part->view && part->kind == KIMG_PART_CONTAINER);
}

static bool is_damaged(const struct kimg_part *part)
{
	for (const struct kimg_note *note = part->notes; note; note = note->next)
		if (note->bad)
			return true;
	for (const struct kimg_part *child = part->children; child; child = child->next)
		if (is_damaged(child))
			return true;
	return part->truncated || (part->content && is_damaged(part->content));
}

/* How many details stand in a row from part on. */
static size_t details(const struct kimg_part *part)
{
	size_t n = 0;

	for (; part && is_detail(part) && !is_damaged(part); part = part->next)
		n++;
	return n;
}

/* Instead of a run of details: where it begins, how many there are. */
static void details_line(struct tree *tree, const struct kimg_part *first, size_t n)
{
	struct out *out = tree->out;
	uint64_t size = 0;
	size_t i = n;

	for (const struct kimg_part *part = first; i; part = part->next, i--)
		size += part->view ? 0 : part->size;
	out_row(out);
	out_width(out, -tree->offset_width);
	out_print(out, OUT_FAINT, "0x%" PRIx64, first->offset);
	out_width(out, -tree->size_width);
	out_print(out, OUT_FAINT, "%" PRIu64, size);
	out_gap(out, 2 + 2 * tree->level);
	out_print(out, OUT_FAINT, "%zu sections, tables and the like: -v shows them", n);
	out_row_end(out);
}

/* One child; *hidden counts down the details whose line is printed already. */
static void child_part(struct tree *tree, const struct kimg_part *child, size_t *hidden)
{
	if (!*hidden && !tree->verbose) {
		size_t run = details(child);

		/* One alone takes no more room than saying that it is hidden. */
		if (run > 1) {
			*hidden = run;
			details_line(tree, child, run);
		}
	}
	out_object(tree->out, NULL);
	if (*hidden)
		out_mute(tree->out);
	tree_part(tree, child);
	if (*hidden) {
		out_unmute(tree->out);
		--*hidden;
	}
	out_close(tree->out);
}

static void parts(struct tree *tree, const struct kimg_part *part)
{
	size_t hidden = 0;

	if (!part->children)
		return;
	out_array(tree->out, "parts");
	tree->level++;
	for (const struct kimg_part *child = part->children; child; child = child->next)
		child_part(tree, child, &hidden);
	tree->level--;
	out_close(tree->out);
}

/* Wide enough for every number of the space that part is the root of. */
static void measure(struct tree *tree, const struct kimg_part *part)
{
	char text[32];

	tree->offset_width = snprintf(text, sizeof(text), "0x%" PRIx64, part->size);
	tree->size_width = snprintf(text, sizeof(text), "%" PRIu64, part->size);
}

static void content(struct tree *tree, const struct kimg_part *part)
{
	struct tree inner = *tree;

	if (!part->content)
		return;
	inner.level++;
	out_object(tree->out, "content");
	tree_part(&inner, part->content);
	out_close(tree->out);
}

void tree_part(struct tree *tree, const struct kimg_part *part)
{
	struct out *out = tree->out;

	if (!part->parent)
		measure(tree, part);
	part_line(tree, part);
	out_block(out, tree->offset_width + tree->size_width + 4 + 2 * tree->level + FIELD_INDENT);
	fields(out, part);
	notes(out, part);
	out_block_end(out);
	parts(tree, part);
	content(tree, part);
}
