/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The header of a table of lines (DWARF 5, section 6.2.4; DWARF 2 to 4, the same section):
 *
 *	 0  4  unit_length; 0xffffffff: the real one follows in 8 bytes, and offsets have 8
 *	 4  2  version
 *	       5: address_size 1, segment_selector_size 1
 *	    4  header_length: from behind it to the program
 *	    1  minimum_instruction_length
 *	       4 and 5: maximum_operations_per_instruction 1
 *	    1  default_is_stmt
 *	    1  line_base, signed
 *	    1  line_range
 *	    1  opcode_base, and opcode_base - 1 bytes: how many LEB128 numbers each standard opcode has
 *
 * 2 to 4: folders, NUL-terminated, with an empty one as their end, the first is number 1; files, each a name, and
 * LEB128 folder, time, size, with an empty name as their end, the first is number 1.
 * 5: for folders and then for files: formats 1, pairs of LEB128 content and form, LEB128 count, and the
 * values; the first is number 0.
 */
#include <inttypes.h>

#include "debug/lines.h"

/* Names that the kernel's files have take 100 bytes. */
#define NAME_MAX_BYTES 65536

static struct kimg_error *damaged(uint64_t offset, const char *what)
{
	return error_at(KIMG_E_CORRUPT, offset, "debug information: %s", what);
}

/* What each special opcode stands for. */
static void set_special(struct lines *lines, int8_t line_base, uint8_t line_range)
{
	uint8_t advance = 0, line = 0;

	/* Without line_range all of them advance by nothing. */
	for (unsigned int opcode = lines->opcode_base; opcode < 256 && line_range; opcode++) {
		lines->advance[opcode] = advance;
		lines->line_advance[opcode] = (int16_t)(line_base + line);
		if (++line == line_range) {
			line = 0;
			advance++;
		}
	}
}

static void read_rest(struct cursor *c, struct lines *lines)
{
	int8_t line_base;
	uint8_t line_range;

	lines->min_length = cursor_u8(c);
	lines->max_ops = lines->encoding.version >= 4 ? cursor_u8(c) : 1;
	cursor_skip(c, 1);
	line_base = (int8_t)cursor_u8(c);
	line_range = cursor_u8(c);
	lines->opcode_base = cursor_u8(c);
	lines->opcode_lengths = cursor_take(c, lines->opcode_base ? lines->opcode_base - 1 : 0).p;
	set_special(lines, line_base, line_range);
}

struct kimg_error *line_header_read(struct kimg_source *source, const struct unit *unit,
				    struct lines *lines)
{
	struct cursor all = section_cursor(source, SECTION_LINE, unit->line_offset), c;
	struct encoding *encoding = &lines->encoding;
	uint64_t length;

	lines->source = source;
	c = cursor_unit(&all, &encoding->wide);
	encoding->version = cursor_u16(&c);
	encoding->address_size = unit->encoding.address_size;
	if (c.failed || encoding->version < 2 || encoding->version > 5)
		return damaged(unit->line_offset, "no table of lines where one is expected");
	if (encoding->version >= 5) {
		encoding->address_size = cursor_u8(&c);
		cursor_skip(&c, 1);
	}
	length = cursor_offset(&c, encoding);
	if (c.failed || length > c.s.n - c.at || c.s.n > UINT32_MAX ||
	    (encoding->address_size != 4 && encoding->address_size != 8))
		return damaged(unit->line_offset, "a table of lines with a bad header");
	/* A file takes a byte at least, and 12 of memory. */
	if (length > source->limits.memory / 16)
		return error_at(KIMG_E_LIMIT, unit->line_offset,
				"debug information: too many names of files");
	lines->program = c.at + length;
	read_rest(&c, lines);
	if (c.failed || c.at > lines->program || lines->opcode_base == 0 || lines->max_ops == 0)
		return damaged(unit->line_offset, "a table of lines with a bad header");
	lines->table = c;
	return NULL;
}

/* ---- where names are ---- */

static struct cursor names_cursor(const struct lines *lines)
{
	struct cursor c = lines->table;

	c.s = span_clip(c.s, 0, lines->program);
	return c;
}

static void skip_text(struct cursor *c, const struct lines *lines)
{
	form_skip(c, DW_FORM_string, &lines->encoding);
}

static void add_place(struct buf *places, size_t at)
{
	const uint32_t place = (uint32_t)at;

	buf_add(places, &place, sizeof(place));
}

/* To DWARF 4: texts, with three numbers behind each if they are files. */
static void find_texts(struct cursor *c, const struct lines *lines, bool are_files,
		       struct buf *places)
{
	while (c->at < c->s.n && c->s.p[c->at] && !c->failed) {
		add_place(places, c->at);
		skip_text(c, lines);
		for (unsigned int i = 0; are_files && i < 3; i++)
			cursor_uleb128(c);
	}
	cursor_skip(c, 1);
}

/* From DWARF 5 on. */
static void find_entries(struct cursor *c, const struct lines *lines, struct line_names *names,
			 struct buf *places)
{
	uint64_t count;

	names->formats = cursor_u8(c);
	names->entry = *c;
	for (unsigned int i = 0; i < 2 * names->formats; i++)
		cursor_uleb128(c);
	count = cursor_uleb128(c);
	for (uint64_t i = 0; i < count && !c->failed; i++) {
		struct cursor entry = names->entry;
		size_t before = c->at;

		add_place(places, before);
		for (unsigned int j = 0; j < names->formats; j++) {
			uint64_t form;

			cursor_uleb128(&entry);
			form = cursor_uleb128(&entry);
			form_skip(c, form <= UINT16_MAX ? form : 0, &lines->encoding);
		}
		/* Any number of them could take no bytes at all. */
		if (c->at == before)
			break;
	}
}

static struct kimg_error *keep(struct kimg_source *source, const struct buf *places,
			       struct line_names *names)
{
	if (places->failed)
		return error_nomem();
	names->n = places->n / sizeof(*names->at);
	names->at = source_alloc(source, places->n + 1);
	if (!names->at)
		return error_nomem();
	if (places->n)
		memcpy(names->at, places->p, places->n);
	return NULL;
}

static struct kimg_error *read_table(struct kimg_source *source, struct lines *lines,
				     struct cursor *c, struct line_names *names)
{
	const bool are_files = names == &lines->files;
	cleanup_buf struct buf places = { 0 };

	if (lines->encoding.version >= 5)
		find_entries(c, lines, names, &places);
	else
		find_texts(c, lines, are_files, &places);
	if (c->failed)
		return error_new(KIMG_E_CORRUPT,
				 "debug information: names of files that cannot be read");
	if (are_files && lines->with_defined)
		TRY(line_defined_files(lines, &places));
	return keep(source, &places, names);
}

struct kimg_error *line_names_read(struct kimg_source *source, struct lines *lines)
{
	struct cursor c = names_cursor(lines);

	TRY(read_table(source, lines, &c, &lines->folders));
	TRY(read_table(source, lines, &c, &lines->files));
	/* Numbers start at 0 or at 1. */
	lines->file_names = source_alloc(source, (lines->files.n + 2) * sizeof(*lines->file_names));
	if (!lines->file_names)
		return error_nomem();
	lines->has_names = true;
	return NULL;
}

/* ---- one name ---- */

static const char *text_of(const struct lines *lines, const struct unit *unit,
			   const struct value *value)
{
	struct die die = { .have = 1u << AT_NAME };

	/* One that stands in the table itself is known to end. */
	if (value->form == DW_FORM_string)
		return (const char *)lines->table.s.p + value->u;
	die.values[AT_NAME] = *value;
	return die_text(lines->source, unit, &die, AT_NAME);
}

/* Number of an entry: its text, which is empty where there is none, and that of its folder. */
static const char *entry_at(const struct lines *lines, const struct unit *unit,
			    const struct line_names *names, uint64_t number, uint64_t *ret_folder)
{
	struct cursor c = lines->table, entry = names->entry;
	const char *text = NULL;

	*ret_folder = 0;
	if (number >= names->n)
		return NULL;
	cursor_seek(&c, names->at[number]);
	if (lines->encoding.version < 5) {
		text = (const char *)c.s.p + c.at;
		skip_text(&c, lines);
		if (names == &lines->files)
			*ret_folder = cursor_uleb128(&c);
		return c.failed ? NULL : text;
	}
	for (unsigned int i = 0; i < names->formats; i++) {
		uint64_t content = cursor_uleb128(&entry), form = cursor_uleb128(&entry);
		struct value value =
			form_read(&c, form <= UINT16_MAX ? form : 0, &lines->encoding, 0);

		if (content == DW_LNCT_path && !c.failed)
			text = text_of(lines, unit, &value);
		else if (content == DW_LNCT_directory_index)
			*ret_folder = value.u;
	}
	return text;
}

static struct kimg_error *add_text(struct buf *name, const char *text)
{
	size_t n = strnlen(text, NAME_MAX_BYTES + 1);

	if (n > NAME_MAX_BYTES)
		return error_new(KIMG_E_LIMIT,
				 "debug information: a file name of more than %d bytes",
				 NAME_MAX_BYTES);
	buf_add(name, text, n);
	return NULL;
}

struct kimg_error *line_name(const struct lines *lines, const struct unit *unit, uint64_t number,
			     struct buf *name)
{
	const unsigned int first = lines->encoding.version < 5 ? 1 : 0;
	const char *file, *folder = NULL;
	uint64_t in, none;

	if (number < first)
		return NULL;
	file = entry_at(lines, unit, &lines->files, number - first, &in);
	if (!file || !*file)
		return NULL;
	/* Folder 0 is the one that the unit was made in. */
	if (in >= first)
		folder = entry_at(lines, unit, &lines->folders, in - first, &none);
	if (folder && *folder && *file != '/') {
		TRY(add_text(name, folder));
		buf_putc(name, '/');
	}
	return add_text(name, file);
}
