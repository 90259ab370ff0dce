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
