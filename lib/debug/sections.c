/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sections of debug information. Those of a vmlinux are final, even where it has .rela.debug_* beside them
 * (x86 links it with --emit-relocs). Those of a module are not: its sections get addresses of their own, and the
 * relocations are applied. A compressed section starts with
 *
 *	SHF_COMPRESSED  ch_type 4 (1: zlib, 2: zstd), 64 bits alone: padding 4, ch_size W, ch_addralign W (W: 4 or 8)
 *	.zdebug_*       "ZLIB", size 8, big endian
 */
#include <elf.h>
#include <inttypes.h>
#include <libdeflate.h>

#include "base/large.h"
#include "codec/codec.h"
#include "debug/source.h"

#define CHDR_ZLIB 1
#define CHDR_ZSTD 2

/* Of the sections of a module. Code that was discarded is at 0, and a little above. */
#define FIRST_ADDRESS 0x10000
#define ALIGN_MAX     0x10000

static const char *const names[SECTIONS_N] = {
	[SECTION_INFO] = "info",
	[SECTION_ABBREV] = "abbrev",
	[SECTION_STR] = "str",
	[SECTION_LINE_STR] = "line_str",
	[SECTION_LINE] = "line",
	[SECTION_RANGES] = "ranges",
	[SECTION_RNGLISTS] = "rnglists",
	[SECTION_ADDR] = "addr",
	[SECTION_STR_OFFSETS] = "str_offsets",
	[SECTION_ARANGES] = "aranges",
};

/* What it is called behind ".debug_", or ".zdebug_"; empty for any other section. */
static struct span debug_name(const struct elf_section *section)
{
	if (span_starts(section->name, SPAN_LITERAL(".debug_")))
		return span_from(section->name, strlen(".debug_"));
	if (span_starts(section->name, SPAN_LITERAL(".zdebug_")))
		return span_from(section->name, strlen(".zdebug_"));
	return (struct span){ 0 };
}

bool sections_have_debug(const struct elf *elf)
{
	struct elf_section section;

	for (uint32_t i = 0; elf_section_at(elf, i, &section); i++)
		if (span_equal(debug_name(&section), SPAN_LITERAL("info")) &&
		    elf_section_has_bytes(&section) && section.size)
			return true;
	return false;
}

const char *section_text(const struct kimg_source *source, enum debug_section_id id,
			 uint64_t offset)
{
	const struct debug_section *section = &source->sections[id];

	if (offset >= section->bytes.n)
		return NULL;
	if (!section->terminated &&
	    !memchr(section->bytes.p + offset, 0, section->bytes.n - offset))
		return NULL;
	return (const char *)section->bytes.p + offset;
}

/* ---- compressed ---- */

/* Reads the header where there is one: what is behind it, how it is compressed, and how much it becomes. */
static struct span read_header(const struct elf *elf, const struct elf_section *section,
			       unsigned int *ret_type, uint64_t *ret_size)
{
	struct cursor c = { .s = elf_section_bytes(elf, section), .big_endian = elf->big_endian };

	*ret_type = 0;
	if (section->flags & SHF_COMPRESSED) {
		*ret_type = cursor_u32(&c);
		cursor_skip(&c, elf->is64 ? 4 : 0);
		*ret_size = elf->is64 ? cursor_u64(&c) : cursor_u32(&c);
		cursor_skip(&c, elf->is64 ? 8 : 4);
	} else if (span_starts(section->name, SPAN_LITERAL(".z")) &&
		   span_starts(c.s, SPAN_LITERAL("ZLIB"))) {
		*ret_type = CHDR_ZLIB;
		c.big_endian = true;
		cursor_skip(&c, 4);
		*ret_size = cursor_u64(&c);
	}
	return span_from(c.s, c.at);
}

static void free_decompressor(struct libdeflate_decompressor **d)
{
	libdeflate_free_decompressor(*d);
}

static struct kimg_error *inflate_section(struct span in, uint8_t *out, size_t size)
{
	cleanup(free_decompressor) struct libdeflate_decompressor *d =
		libdeflate_alloc_decompressor();

	if (!d)
		return error_nomem();
	if (libdeflate_zlib_decompress(d, in.p, in.n, out, size, NULL) != LIBDEFLATE_SUCCESS)
		return error_new(KIMG_E_CORRUPT, "zlib data is damaged");
	return NULL;
}

static struct kimg_error *unpack_zstd(struct span in, const struct kimg_limits *limits,
				      uint8_t *out, size_t size)
{
	cleanup_blob struct blob blob = { 0 };
	size_t consumed;

	TRY(codec_decode(&codec_zstd, in, size, limits, &blob, &consumed));
	memcpy(out, blob.p, size);
	return NULL;
}

static struct kimg_error *decompress(const struct kimg_source *source, struct span in,
				     unsigned int type, uint64_t size,
				     struct debug_section *section)
{
	section->own = large_alloc(size, 1);
	if (!section->own)
		return error_nomem();
	section->bytes = span_of(section->own, size);
	if (size == 0)
		return NULL;
	switch (type) {
	case CHDR_ZLIB:
		return inflate_section(in, section->own, size);
	case CHDR_ZSTD:
		return unpack_zstd(in, &source->limits, section->own, size);
	}
	return error_new(KIMG_E_UNSUPPORTED, "compressed in a way that is not known (%u)", type);
}

/* ---- finding ---- */

static struct kimg_error *read_section(struct kimg_source *source, const struct elf_section *found,
				       struct debug_section *section, uint64_t *total)
{
	const struct elf *elf = &source->elf;
	struct span bytes = elf_section_bytes(elf, found);
	unsigned int type;
	uint64_t size = 0;

	section->index = found->index;
	if (bytes.n < found->size)
		return error_new(KIMG_E_TRUNCATED, "runs past the end");
	bytes = read_header(elf, found, &type, &size);
	if (size > source->limits.output - *total)
		return error_new(KIMG_E_LIMIT, "more than %" PRIu64 " bytes when decompressed",
				 source->limits.output);
	*total += size;
	section->bytes = bytes;
	if (type)
		TRY(decompress(source, bytes, type, size, section));
	section->terminated = section->bytes.n && !section->bytes.p[section->bytes.n - 1];
	return NULL;
}

static struct debug_section *wanted(struct kimg_source *source, const struct elf_section *found)
{
	struct span name = debug_name(found);

	if (!name.n || !elf_section_has_bytes(found))
		return NULL;
	for (unsigned int i = 0; i < SECTIONS_N; i++)
		if (span_equal(name, span_of(names[i], strlen(names[i]))))
			return source->sections[i].index ? NULL : &source->sections[i];
	return NULL;
}

/* ---- addresses ---- */

static struct kimg_error *set_addresses(struct kimg_source *source)
{
	const struct elf *elf = &source->elf;
	uint64_t at = FIRST_ADDRESS, most = elf->is64 ? UINT64_MAX / 2 : UINT32_MAX / 2;
	struct elf_section section;

	source->addresses = calloc(elf->sections + 1, sizeof(*source->addresses));
	if (!source->addresses)
		return error_nomem();
	for (uint32_t i = 0; elf_section_at(elf, i, &section); i++) {
		uint64_t align = section.addralign;

		if (!(section.flags & SHF_ALLOC))
			continue;
		if (align == 0 || (align & (align - 1)) || align > ALIGN_MAX)
			align = ALIGN_MAX;
		/* The address behind the last byte of a section is in no other one. */
		at = (at + align) & ~(align - 1);
		source->addresses[i] = at;
		if (section.size > most - at)
			return error_at(KIMG_E_CORRUPT, section.offset,
					"sections of more bytes than there are addresses");
		at += section.size;
	}
	return NULL;
}

bool kimg_source_section_address(const struct kimg_source *source, const char *name,
				 uint64_t offset, uint64_t *ret_address)
{
	struct elf_section section;

	for (uint32_t i = 0; elf_section_at(&source->elf, i, &section); i++) {
		/* Return addresses may be those of the first byte behind it. */
		if (!(section.flags & SHF_ALLOC) || !elf_section_named(&section, name) ||
		    offset > section.size)
			continue;
		*ret_address = offset + (source->addresses ? source->addresses[i] : section.addr);
		return true;
	}
	return false;
}

/* ---- all of it ---- */

struct kimg_error *sections_open(struct kimg_source *source)
{
	const struct elf *elf = &source->elf;
	struct elf_section found;
	uint64_t total = 0;

	if (elf->sections < elf->shnum)
		return error_new(KIMG_E_TRUNCATED, "section headers run past the end");
	for (uint32_t i = 0; elf_section_at(elf, i, &found); i++) {
		struct debug_section *section = wanted(source, &found);

		if (section)
			TRY(error_wrap(read_section(source, &found, section, &total),
				       "section %.*s", (int)found.name.n,
				       (const char *)found.name.p));
	}
	if (elf->type != ET_REL)
		return NULL;
	TRY(set_addresses(source));
	return relocate_sections(source);
}

void sections_done(struct kimg_source *source)
{
	for (unsigned int i = 0; i < SECTIONS_N; i++)
		free(source->sections[i].own);
	free(source->addresses);
}
