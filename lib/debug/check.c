/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is looked at before libdw gets to see it, since libdw takes as much memory as a file tells it to, and
 * ends the program where there is none.
 */
#include <elf.h>
#include <inttypes.h>

#include "debug/source.h"

static bool is_debug(const struct elf_section *section)
{
	return span_starts(section->name, SPAN_LITERAL(".debug_")) ||
	       span_starts(section->name, SPAN_LITERAL(".zdebug_"));
}

bool check_has_debug(const struct elf *elf)
{
	struct elf_section section;

	for (uint32_t i = 0; elf_section_at(elf, i, &section); i++)
		if ((elf_section_named(&section, ".debug_info") ||
		     elf_section_named(&section, ".zdebug_info")) &&
		    elf_section_has_bytes(&section) && section.size)
			return true;
	return false;
}

/* How many bytes a section has once it is decompressed: Elf64_Chdr, or "ZLIB" and the size, big endian. */
static uint64_t plain_size(const struct elf *elf, const struct elf_section *section)
{
	struct cursor c = { .s = elf_section_bytes(elf, section), .big_endian = elf->big_endian };

	if (section->flags & SHF_COMPRESSED) {
		cursor_skip(&c, elf->is64 ? 8 : 4);
		return elf->is64 ? cursor_u64(&c) : cursor_u32(&c);
	}
	if (span_starts(c.s, SPAN_LITERAL("ZLIB"))) {
		c.big_endian = true;
		cursor_skip(&c, 4);
		return cursor_u64(&c);
	}
	return 0;
}

struct kimg_error *check_sections(const struct elf *elf, const struct kimg_limits *limits)
{
	struct elf_section section;
	uint64_t total = 0;

	if (elf->sections < elf->shnum)
		return error_new(KIMG_E_TRUNCATED, "section headers run past the end");
	for (uint32_t i = 0; elf_section_at(elf, i, &section); i++) {
		uint64_t size;

		if (!is_debug(&section) || !elf_section_has_bytes(&section))
			continue;
		if (elf_section_bytes(elf, &section).n < section.size)
			return error_at(KIMG_E_TRUNCATED, section.offset,
					"section %.*s runs past the end", (int)section.name.n,
					(const char *)section.name.p);
		size = plain_size(elf, &section);
		if (size > limits->output - total)
			return error_at(KIMG_E_LIMIT, section.offset,
					"debug information of more than %" PRIu64
					" bytes when decompressed",
					limits->output);
		total += size;
	}
	return NULL;
}

/* ---- units ---- */

/*
 * For each unit libdw reads abbreviations up to that of the unit's first DIE, and remembers them. That is one, or
 * those of one unit, but for files where a million units share a megabyte of them. Beyond this it is a lie.
 */
#define ABBREVIATIONS_FREE  (64u << 20)
#define ABBREVIATIONS_TIMES 2

struct unit_header {
	unsigned int version;
	uint64_t abbreviations; /* where they start in .debug_abbrev */
	struct cursor rest;     /* at the first DIE */
};

static uint64_t read_leb128(struct cursor *c)
{
	uint64_t value = 0;

	for (unsigned int shift = 0;; shift += 7) {
		uint8_t byte = cursor_u8(c);

		if (shift < 64)
			value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return value;
	}
}

/* The attributes of an abbreviation: pairs of name and form; 0, 0 ends them. */
static void skip_attributes(struct cursor *c)
{
	uint64_t name, form;

	do {
		name = read_leb128(c);
		form = read_leb128(c);
		if (form == DW_FORM_implicit_const)
			read_leb128(c);
	} while ((name || form) && !c->failed);
}

/* How many bytes of abbreviations are read, from at on, until the one with that code is found. */
static uint64_t cost_of(struct span abbreviations, uint64_t at, uint64_t code)
{
	struct cursor c = { .s = span_from(abbreviations, at) };
	uint64_t found;

	do {
		found = read_leb128(&c);
		if (found == 0)
			break;
		read_leb128(&c);
		cursor_skip(&c, 1);
		skip_attributes(&c);
	} while (found != code && !c.failed);
	return c.failed ? c.s.n : c.at;
}

/*
 * The header of the unit at c, which is left at the unit's end:
 *
 *	 0  4  unit_length: bytes behind it; 0xffffffff: the real one follows in 8 bytes, as do all offsets
 *	 4  2  version
 *	       2 to 4: debug_abbrev_offset (4), address_size (1)
 *	       5: unit_type (1), address_size (1), debug_abbrev_offset (4); types: signature (8), offset (4)
 *	    .. the code of the first DIE
 */
static struct unit_header read_unit(struct cursor *c)
{
	uint64_t length = cursor_u32(c);
	bool wide = length == 0xffffffffu;
	struct unit_header header = { 0 };
	unsigned int type = 0;

	if (wide)
		length = cursor_u64(c);
	header.rest = *c;
	cursor_seek(c, length < c->s.n - c->at ? c->at + length : c->s.n);
	header.version = cursor_u16(&header.rest);
	if (header.version >= 5) {
		type = cursor_u8(&header.rest);
		cursor_skip(&header.rest, 1);
	}
	header.abbreviations = wide ? cursor_u64(&header.rest) : cursor_u32(&header.rest);
	if (header.version < 5)
		cursor_skip(&header.rest, 1);
	else if (type == DW_UT_skeleton || type == DW_UT_split_compile)
		cursor_skip(&header.rest, 8);
	else if (type == DW_UT_type || type == DW_UT_split_type)
		cursor_skip(&header.rest, wide ? 16 : 12);
	return header;
}

static struct kimg_error *count_unit(const struct kimg_source *source, struct unit_header *unit,
				     uint64_t *count)
{
	uint64_t code = read_leb128(&unit->rest);

	if (unit->rest.failed)
		return NULL;
	*count += cost_of(source->abbrev, unit->abbreviations, code);
	if (*count > ABBREVIATIONS_FREE + ABBREVIATIONS_TIMES * source->abbrev.n)
		return error_new(KIMG_E_LIMIT, "debug information: too many units share their "
					       "abbreviations");
	return NULL;
}

struct kimg_error *check_unit(const struct kimg_source *source, uint64_t offset, uint64_t *count)
{
	struct cursor c = { .s = source->info, .big_endian = source->elf.big_endian };
	struct unit_header unit;

	cursor_seek(&c, offset);
	unit = read_unit(&c);
	return count_unit(source, &unit, count);
}

struct kimg_error *check_units(struct kimg_source *source, uint64_t offset)
{
	struct cursor c = { .s = source->info, .big_endian = source->elf.big_endian };

	cursor_seek(&c, source->checked);
	while (c.at < offset && c.at < c.s.n && !c.failed) {
		struct unit_header unit = read_unit(&c);

		/* Of the units of DWARF 5 before the one that is wanted libdw reads the headers alone. */
		if (unit.version < 5)
			TRY(count_unit(source, &unit, &source->abbreviations));
	}
	if (c.at > source->checked)
		source->checked = c.at;
	return NULL;
}

/* ---- tables of lines ---- */

/* The longest run of bytes in s between NULs. */
static uint64_t longest_string(struct span s)
{
	uint64_t longest = 0;

	for (size_t at = 0; at < s.n;) {
		const uint8_t *end = memchr(s.p + at, 0, s.n - at);
		size_t n = end ? (size_t)(end - s.p) - at : s.n - at;

		if (n > longest)
			longest = n;
		at += n + 1;
	}
	return longest;
}

/* Whether folders are named by offsets into .debug_str, of which there are few: .debug_line_str is for them. */
static bool names_in_str(struct cursor header)
{
	unsigned int opcode_base, formats;

	cursor_skip(&header, 5);
	opcode_base = cursor_u8(&header);
	cursor_skip(&header, opcode_base ? opcode_base - 1 : 0);
	formats = cursor_u8(&header);
	/* Pairs of LEB128 numbers, each of which has one byte here. */
	for (unsigned int i = 0; i < formats && !header.failed; i++) {
		unsigned int form;

		cursor_skip(&header, 1);
		form = cursor_u8(&header);
		if (form != DW_FORM_line_strp && form != DW_FORM_string && form != DW_FORM_udata)
			return true;
	}
	return header.failed;
}

/* How long the name of a folder in the table may be. header: that of the table, behind header_length. */
static uint64_t longest_name(struct kimg_source *source, unsigned int version, struct cursor header)
{
	uint64_t longest = longest_string(header.s), other;

	if (version < 5)
		return longest;
	if (!source->longest_line_str)
		source->longest_line_str = 1 + longest_string(source->line_str);
	other = source->longest_line_str;
	if (names_in_str(header)) {
		if (!source->longest_str)
			source->longest_str = 1 + longest_string(source->str);
		if (source->longest_str > other)
			other = source->longest_str;
	}
	return other > longest ? other : longest;
}

/*
 * libdw makes a name of folder and file for each file, and a row of some hundred bytes from as little as one
 * byte. Read here is
 *
 *	 0  4  unit_length; 0xffffffff: the real one follows in 8 bytes, and header_length has 8
 *	 4  2  version
 *	 6  2  address_size, segment_selector_size: from version 5 on
 *	    4  header_length
 *	   .. the header
 */
struct kimg_error *check_lines(struct kimg_source *source, uint64_t offset)
{
	const uint64_t limit = source->limits.memory;
	struct cursor c = { .s = span_from(source->line, offset),
			    .big_endian = source->elf.big_endian };
	uint64_t length = cursor_u32(&c), rows, longest;
	bool wide = length == 0xffffffffu;
	unsigned int version;
	struct cursor header = { .big_endian = c.big_endian };

	if (wide)
		length = cursor_u64(&c);
	c.s = span_clip(c.s, 0, c.at + (length < c.s.n ? length : c.s.n));
	version = cursor_u16(&c);
	cursor_skip(&c, version >= 5 ? 2 : 0);
	header.s = cursor_take(&c, wide ? cursor_u64(&c) : cursor_u32(&c));
	if (c.failed)
		return error_at(KIMG_E_TRUNCATED, offset, "line table runs past the end");
	longest = longest_name(source, version, header);
	/* A file takes 4 bytes at least. */
	rows = length < limit / LINE_ROW_MEMORY ? length * LINE_ROW_MEMORY : limit;
	if (length / 4 >= (limit - rows) / (longest + 1))
		return error_at(KIMG_E_LIMIT, offset,
				"a line table that could take more than %" PRIu64
				" bytes of memory",
				limit);
	return NULL;
}
