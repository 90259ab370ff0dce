/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ARM zImage (arch/arm/boot/compressed/{head.S,vmlinux.lds.S,efi-header.S}, 6.12). Offsets from the
 * start of the file; words in the byte order of the magic.
 *
 * 0x00 32  code; "MZ" as its first two bytes, and a PE header at 0x3c, where the kernel is an EFI program
 * 0x24 4   magic 0x016f2818: little endian on LE and BE8 kernels, big endian on BE32
 * 0x28 4   start: the address that the zImage is linked to, 0 but where it runs from ROM
 * 0x2c 4   end: start + the length of the zImage
 * 0x30 4   0x04030201, in the byte order of the kernel's data (3.17): on BE8, where the linker script swaps
 *          all other words to little endian, it reads 0x01020304
 * 0x34 4   0x45454545: a table follows (4.15)
 * 0x38 4   offset of the table from the start of the file, not aligned
 *
 * The table is a list of tags, as those of the boot loader: size in words (4 bytes, all of the tag), tag
 * (4), data. "KLSZ": offset of the size word behind the payload, then sizes that the decompressor needs.
 * A size of 0 ends it. The payload's start stands nowhere. What follows end was appended by somebody:
 * device trees (CONFIG_ARM_APPENDED_DTB).
 */
#include <inttypes.h>

#include "format/pe.h"
#include "format/registry.h"

#define MAGIC           0x016f2818
#define MAGIC_AT        0x24
#define ENDIAN_TAG      0x04030201
#define ENDIAN_TAG_BE8  0x01020304
#define TABLE_MAGIC     0x45454545
#define HEADER_SIZE     0x30
#define TABLE_HEADER    0x3c
#define TAG_KLSZ        0x5a534c4b
#define MAX_TAGS        64
#define FDT_MAGIC       0xd00dfeed
#define MAX_DTBS        256
#define FDT_HEADER_SIZE 40

/* What the header and the table say. */
struct zimage {
	bool big_endian;
	uint32_t start;
	uint32_t end;  /* offset in the file; cut at its end */
	uint64_t size; /* as the header says */
	bool has_endian_tag;
	bool has_table;
	uint32_t endian_tag;
	uint32_t table;
	uint64_t table_end;
	bool has_klsz;
	uint32_t words[4]; /* of KLSZ */
	unsigned int n;    /* of words */
};

static uint32_t get(const struct zimage *z, struct span s, uint64_t offset)
{
	return z->big_endian ? span_be32(s, offset) : span_le32(s, offset);
}

static bool read_header(struct span s, struct zimage *ret)
{
	struct zimage z = { .big_endian = span_be32(s, MAGIC_AT) == MAGIC };

	if (s.n < HEADER_SIZE || get(&z, s, MAGIC_AT) != MAGIC)
		return false;
	z.start = get(&z, s, 0x28);
	z.size = get(&z, s, 0x2c) - (uint64_t)z.start;
	z.end = z.size < s.n ? z.size : s.n;
	z.endian_tag = get(&z, s, 0x30);
	z.has_endian_tag = z.endian_tag == ENDIAN_TAG || z.endian_tag == ENDIAN_TAG_BE8;
	z.has_table = z.has_endian_tag && get(&z, s, 0x34) == TABLE_MAGIC;
	z.table = z.has_table ? get(&z, s, 0x38) : 0;
	*ret = z;
	return true;
}

static bool is_mz(struct span s)
{
	return span_starts(s, SPAN_LITERAL("MZ"));
}

static int zimage_arm_probe(struct span s)
{
	struct zimage z;

	if (!read_header(s, &z))
		return 0;
	return 32 + (z.has_endian_tag ? 32 : 0) + (z.has_table ? 32 : 0) + (is_mz(s) ? 16 : 0);
}

/* ---- the table ---- */

static void describe_klsz(struct kimg_part *part, const struct zimage *z)
{
	static const char *const names[] = { "payload_size_offset", "bss_size", "text_offset",
					     "malloc_size" };

	for (unsigned int i = 0; i < z->n; i++)
		field_hex(part, names[i], z->words[i]);
}

static void add_tag(struct kimg_part *table, struct zimage *z, struct span s, uint64_t at,
		    uint32_t tag, uint64_t size)
{
	bool klsz = tag == TAG_KLSZ;
	struct kimg_part *part =
		part_add(table, KIMG_PART_HEADER, klsz ? "klsz" : "tag", at - z->table, size);

	if (!klsz) {
		field_hex(part, "tag", tag);
		return;
	}
	field_hex_as(part, "tag", tag, "KLSZ");
	z->has_klsz = size >= 12;
	z->n = (size - 8) / 4 < ARRAY_SIZE(z->words) ? (size - 8) / 4 : ARRAY_SIZE(z->words);
	for (unsigned int i = 0; i < z->n; i++)
		z->words[i] = get(z, s, at + 8 + 4 * i);
	describe_klsz(part, z);
}

/* Where the tags end; *ret_note says what is wrong with them, or stays NULL. */
static uint64_t tags_end(const struct zimage *z, struct span s, const char **ret_note)
{
	uint64_t at = z->table;

	for (int i = 0; i < MAX_TAGS; i++) {
		uint64_t size = (uint64_t)get(z, s, at) * 4;

		if (at + 4 > s.n) {
			*ret_note = "the table runs past the end";
			return s.n;
		}
		if (size == 0)
			return at + 4;
		if (size < 8 || size > s.n - at) {
			*ret_note = "a tag of the table has a size that cannot be";
			return at + 4;
		}
		at += size;
	}
	return at;
}

static void add_table(struct kimg_part *part, struct zimage *z, struct span s)
{
	struct kimg_part *table;
	const char *wrong = NULL;
	uint64_t at = z->table;

	if (z->table < TABLE_HEADER || z->table + 4ULL > s.n) {
		note_bad(part, "the table should be at 0x%" PRIx32, z->table);
		return;
	}
	z->table_end = tags_end(z, s, &wrong);
	table = part_add(part, KIMG_PART_TABLE, "table", at, z->table_end - at);
	if (wrong)
		note_bad(table, "%s", wrong);
	while (at + 8 < z->table_end) {
		uint64_t size = (uint64_t)get(z, s, at) * 4;

		if (size < 8 || size > z->table_end - at)
			break;
		add_tag(table, z, s, at, get(z, s, at + 4), size);
		at += size;
	}
	if (!z->has_klsz && !wrong)
		note(table, "has no KLSZ tag");
}

/* The same for search, which has no parts to make. */
static void read_klsz(struct zimage *z, struct span s)
{
	const char *wrong = NULL;
	uint64_t at = z->table;

	if (!z->has_table || z->table < TABLE_HEADER || z->table + 4ULL > s.n)
		return;
	z->table_end = tags_end(z, s, &wrong);
	while (at + 12 <= z->table_end) {
		uint64_t size = (uint64_t)get(z, s, at) * 4;

		if (size < 8 || size > z->table_end - at)
			return;
		if (get(z, s, at + 4) == TAG_KLSZ && size >= 12) {
			z->has_klsz = true;
			z->words[0] = get(z, s, at + 8);
			return;
		}
		at += size;
	}
}

/* ---- what follows the zImage ---- */

static void add_dtbs(struct kimg_part *part, struct span s, uint64_t *at_end)
{
	uint64_t at = *at_end;

	for (int i = 0; i < MAX_DTBS && span_be32(s, at) == FDT_MAGIC; i++) {
		uint32_t size = span_be32(s, at + 4);

		*at_end = at;
		if (size < FDT_HEADER_SIZE) {
			note_bad(part, "an appended device tree of %" PRIu32 " bytes", size);
			return;
		}
		part_add_nested(part, KIMG_PART_DTB, "dtb", at, size);
		*at_end = at += size;
		/* Whoever appends more may align it, or not. */
		if (span_be32(s, at) != FDT_MAGIC)
			at += -at % 4;
	}
}

static void add_appended(struct kimg_part *part, struct span s, uint64_t at)
{
	struct span rest;

	add_dtbs(part, s, &at);
	rest = span_from(s, at);
	if (rest.n && !span_filled(rest, 0) && !span_filled(rest, 0xff))
		part_add_nested(part, KIMG_PART_DATA, "appended", at, rest.n);
}

static void add_pe(struct kimg_part *part, struct span s, bool *ret_certificates)
{
	struct pe pe;
	struct kimg_error *error = pe_read(s, &pe);

	*ret_certificates = false;
	pe_add_view(part);
	if (!error) {
		pe_add_certificates(part, &pe);
		*ret_certificates = pe.directory[PE_CERTIFICATES].size != 0;
	}
	kimg_error_free(error);
}

/* ---- the driver ---- */

static void describe_header(struct kimg_part *header, const struct zimage *z)
{
	field_hex_as(header, "magic", MAGIC, "%s", z->big_endian ? "big endian" : "little endian");
	field_hex(header, "start", z->start);
	field_hex(header, "end", z->start + z->size);
	if (z->has_endian_tag)
		field_hex_as(header, "endian_tag", z->endian_tag, "%s",
			     z->endian_tag == ENDIAN_TAG_BE8 ? "BE8"
			     : z->big_endian                 ? "BE32"
							     : "little endian");
	if (z->has_table)
		field_hex(header, "table", z->table);
}

static struct kimg_error *zimage_arm_parse(struct kimg_part *part)
{
	struct span s = part_span(part);
	struct kimg_part *header;
	bool certificates = false;
	struct zimage z;

	if (!read_header(s, &z))
		return error_at(KIMG_E_TRUNCATED, 0, "the header is cut short");
	part_fill(part, KIMG_PART_CODE, "code");
	header = part_add(part, KIMG_PART_HEADER, "header", MAGIC_AT,
			  (z.has_table        ? TABLE_HEADER
			   : z.has_endian_tag ? 0x34
					      : HEADER_SIZE) -
				  MAGIC_AT);
	describe_header(header, &z);
	if (z.size > UINT32_MAX)
		note_bad(header, "start lies behind end");
	else if (z.size > s.n)
		note_bad(header, "the zImage has %" PRIu64 " bytes, of which %zu are there", z.size,
			 s.n);
	if (z.has_table)
		add_table(part, &z, s);
	if (is_mz(s))
		add_pe(part, s, &certificates);
	if (z.size <= s.n && !certificates)
		add_appended(part, s, z.size);
	field_unchecked(part, "payload");
	return NULL;
}

static struct kimg_error *zimage_arm_search(struct kimg_part *part)
{
	struct span s = part_span(part);
	struct zimage z;
	uint64_t end;

	if (!read_header(s, &z))
		return NULL;
	read_klsz(&z, s);
	end = z.has_klsz ? z.words[0] + 4ULL : z.end;
	if (end > z.end && z.size <= UINT32_MAX) {
		note_bad(part, "the payload should end at 0x%" PRIx64 ", behind the zImage", end);
		end = z.end;
		z.has_klsz = false;
	}
	if (!part_search_payload(part, "payload", HEADER_SIZE, end, z.has_klsz) &&
	    !(z.has_klsz && part_search_payload(part, "payload", HEADER_SIZE, z.end, false))) {
		note_bad(part, "no stream ends where the payload should end");
		if (!part_guess_payload(part, "payload", HEADER_SIZE, end, z.has_klsz)) {
			field_printf(part, "payload", "none found");
			return NULL;
		}
	}
	field_printf(part, "payload", "found");
	return NULL;
}

const struct format format_zimage_arm = {
	.name = "zimage-arm",
	.title = "Linux ARM zImage",
	.refines = &format_pe,
	.probe = zimage_arm_probe,
	.parse = zimage_arm_parse,
	.search = zimage_arm_search,
};
