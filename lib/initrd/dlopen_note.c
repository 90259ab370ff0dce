/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Notes of owner "FDO" and type 0x407c0c0a (UAPI.12), each a JSON text:
 *
 *	[{"feature": "...", "description": "...", "priority": "required" | "recommended" | "suggested",
 *	  "soname": ["libfoo.so.2", "libfoo.so.1"]}, ...]
 *
 * Of JSON, what is needed: other keys are passed over, whatever their values hold. No soname has a \ in it, so that
 * strings are taken as they stand. Where the text is no such thing, the rest of it says nothing.
 */
#include "initrd/dlopen_note.h"

#include <elf.h>

#define NOTE_TYPE 0x407c0c0au
#define DEPTH_MAX 32

struct json {
	struct span s;
	size_t at;
};

/* The next byte that is no blank; 0 at the end. */
static uint8_t peek(struct json *json)
{
	while (json->at < json->s.n && strchr(" \t\r\n", json->s.p[json->at]) &&
	       json->s.p[json->at])
		json->at++;
	return json->at < json->s.n ? json->s.p[json->at] : 0;
}

static bool take(struct json *json, char c)
{
	if (peek(json) != (uint8_t)c)
		return false;
	json->at++;
	return true;
}

/* A string, without its quotes. */
static bool take_string(struct json *json, struct span *ret)
{
	size_t start;

	if (!take(json, '"'))
		return false;
	start = json->at;
	while (json->at < json->s.n && json->s.p[json->at] != '"')
		json->at += json->s.p[json->at] == '\\' ? 2 : 1;
	if (json->at >= json->s.n)
		return false;
	*ret = span_clip(json->s, start, json->at - start);
	json->at++;
	return true;
}

/* A value of any kind. */
static bool skip_value(struct json *json)
{
	unsigned int depth = 0;
	struct span text;

	do {
		uint8_t c = peek(json);

		if (c == '"') {
			if (!take_string(json, &text))
				return false;
			continue;
		}
		if (c == 0 || depth > DEPTH_MAX || (depth == 0 && strchr(",:]}", c)))
			return false;
		depth += c == '[' || c == '{';
		depth -= c == ']' || c == '}';
		json->at++;
		/* A number or a word goes on to where something else starts. */
		while (!strchr("[]{},:", c) && json->at < json->s.n && json->s.p[json->at] &&
		       !strchr("[]{},:\" \t\r\n", json->s.p[json->at]))
			json->at++;
	} while (depth);
	return true;
}

static bool take_sonames(struct json *json, struct dlopen_feature *f)
{
	struct span name;

	if (!take(json, '['))
		return skip_value(json);
	while (take_string(json, &name)) {
		if (f->sonames_n < DLOPEN_SONAMES_MAX)
			f->sonames[f->sonames_n++] = name;
		if (!take(json, ','))
			break;
	}
	return take(json, ']');
}

static bool take_priority(struct json *json, struct dlopen_feature *f)
{
	struct span word;

	if (!take_string(json, &word))
		return skip_value(json);
	f->priority = span_equal(word, SPAN_LITERAL("required"))    ? DLOPEN_REQUIRED
		      : span_equal(word, SPAN_LITERAL("suggested")) ? DLOPEN_SUGGESTED
								    : DLOPEN_RECOMMENDED;
	return true;
}

static bool take_member(struct json *json, struct dlopen_feature *f)
{
	struct span key;

	if (!take_string(json, &key) || !take(json, ':'))
		return false;
	if (span_equal(key, SPAN_LITERAL("soname")))
		return take_sonames(json, f);
	if (span_equal(key, SPAN_LITERAL("priority")))
		return take_priority(json, f);
	if (span_equal(key, SPAN_LITERAL("description")) && peek(json) == '"')
		return take_string(json, &f->description);
	return skip_value(json);
}

/* An object; the standard's priority where none is given is "recommended". */
static bool take_feature(struct json *json, struct dlopen_feature *f)
{
	*f = (struct dlopen_feature){ .priority = DLOPEN_RECOMMENDED };
	if (!take(json, '{'))
		return false;
	do
		if (!take_member(json, f))
			return false;
	while (take(json, ','));
	return take(json, '}');
}

struct kimg_error *dlopen_text_visit(struct span text,
				     struct kimg_error *(*visit)(void *context,
								 const struct dlopen_feature *f),
				     void *context)
{
	struct json json = { .s = text };
	struct dlopen_feature f;

	if (!take(&json, '['))
		return NULL;
	while (take_feature(&json, &f)) {
		if (f.sonames_n)
			TRY(visit(context, &f));
		if (!take(&json, ','))
			break;
	}
	return NULL;
}

static struct kimg_error *visit_notes(const struct elf *elf, const struct elf_section *section,
				      struct kimg_error *(*visit)(void *context,
								  const struct dlopen_feature *f),
				      void *context)
{
	struct elf_notes notes =
		elf_notes_of(elf, section->offset, section->size, section->addralign);
	struct elf_note note;

	while (elf_notes_next(&notes, &note))
		if (note.type == NOTE_TYPE && span_equal(note.owner, SPAN_LITERAL("FDO")))
			TRY(dlopen_text_visit(span_text(note.desc), visit, context));
	return NULL;
}

struct kimg_error *dlopen_notes_visit(const struct elf *elf,
				      struct kimg_error *(*visit)(void *context,
								  const struct dlopen_feature *f),
				      void *context)
{
	struct elf_section section;

	for (uint32_t i = 0; i < elf->sections; i++)
		if (elf_section_at(elf, i, &section) && elf_section_named(&section, ".note.dlopen"))
			return visit_notes(elf, &section, visit, context);
	return NULL;
}
