/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * squashfs. Version 4 (Documentation/filesystems/squashfs.rst, fs/squashfs/squashfs_fs.h, 6.12; little
 * endian):
 *
 *    0  4  magic "hsqs"             28  2  s_major          64  8  inode_table_start
 *    4  4  inodes                   30  2  s_minor          72  8  directory_table_start
 *    8  4  mkfs_time                32  8  root_inode       80  8  fragment_table_start
 *   12  4  block_size               40  8  bytes_used       88  8  lookup_table_start
 *   16  4  fragments                48  8  id_table_start
 *   20  2  compression              56  8  xattr_id_table_start
 *   22  2  block_log
 *   24  2  flags
 *   26  2  no_ids
 *
 * Versions 1 to 3, in either byte order ("hsqs" little, "sqsh" big), have the version at the same place, and
 *
 *    4  4  inodes                   39  4  mkfs_time
 *    8  4  bytes_used, up to 2      51  4  block_size, from 2 on
 *   32  2  block_size, in 1         63  8  bytes_used, in 3
 */
#include <inttypes.h>

#include "format/ramdisk.h"
#include "format/registry.h"

#define LITTLE       SPAN_LITERAL("hsqs")
#define BIG          SPAN_LITERAL("sqsh")
#define SUPER_SIZE_4 96
#define NO_TABLE     UINT64_MAX

/* Of each old version; the fields above are within all of them. */
static const uint8_t old_super_sizes[] = { 0, 51, 63, 119 };

static uint16_t version(struct span s)
{
	return span_starts(s, BIG) ? (uint16_t)(span_le16(s, 28) >> 8 | span_le16(s, 28) << 8)
				   : span_le16(s, 28);
}

static int probe(struct span s)
{
	if (!span_starts(s, LITTLE) && !span_starts(s, BIG))
		return 0;
	return version(s) >= 1 && version(s) <= 4 ? 48 : 32;
}

static uint32_t word(struct span s, uint64_t offset)
{
	return span_starts(s, BIG) ? span_be32(s, offset) : span_le32(s, offset);
}

/* ---- version 4 ---- */

static void show_tables(struct kimg_part *part, struct span s, uint64_t size)
{
	static const struct {
		const char *name;
		uint8_t offset;
		bool optional;
	} tables[] = {
		{ "id_table_start", 48, false },      { "xattr_id_table_start", 56, true },
		{ "inode_table_start", 64, false },   { "directory_table_start", 72, false },
		{ "fragment_table_start", 80, true }, { "lookup_table_start", 88, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		uint64_t start = span_le64(s, tables[i].offset);

		if (tables[i].optional && start == NO_TABLE) {
			field_hex_as(part, tables[i].name, start, "none");
			continue;
		}
		field_hex(part, tables[i].name, start);
		if (start > size)
			note_bad(part, "%s lies past the end", tables[i].name);
	}
}

static void parse_4(struct kimg_part *part, struct span s)
{
	static const struct name_of compressions[] = {
		{ 1, "gzip" }, { 2, "lzma" }, { 3, "lzo" }, { 4, "xz" },
		{ 5, "lz4" },  { 6, "zstd" }, NAMES_END,
	};
	static const struct name_of flags[] = {
		{ 0x1, "uncompressed_inodes" },
		{ 0x2, "uncompressed_data" },
		{ 0x8, "uncompressed_fragments" },
		{ 0x10, "no_fragments" },
		{ 0x20, "always_fragments" },
		{ 0x40, "duplicates" },
		{ 0x80, "exportable" },
		{ 0x100, "uncompressed_xattrs" },
		{ 0x200, "no_xattrs" },
		{ 0x400, "compressor_options" },
		{ 0x800, "uncompressed_ids" },
		NAMES_END,
	};
	uint64_t size = span_le64(s, 40);
	uint16_t log = span_le16(s, 22);
	struct kimg_part *header = ramdisk_add(part, size, 0, SUPER_SIZE_4);

	field_number(header, "inodes", span_le32(s, 4));
	field_time(header, "mkfs_time", span_le32(s, 8));
	field_number(header, "block_size", span_le32(s, 12));
	field_number(header, "fragments", span_le32(s, 16));
	field_enum(header, "compression", span_le16(s, 20), compressions);
	field_number(header, "block_log", log);
	field_flags(header, "flags", span_le16(s, 24), flags);
	field_number(header, "no_ids", span_le16(s, 26));
	field_hex(header, "root_inode", span_le64(s, 32));
	field_number(header, "bytes_used", size);
	if (log >= 32 || span_le32(s, 12) != 1u << log)
		note_bad(header, "block_size is not 2^block_log");
	show_tables(header, s, size);
}

/* ---- versions 1 to 3 ---- */

static void parse_old(struct kimg_part *part, struct span s)
{
	uint64_t size = word(s, 8);
	struct kimg_part *header;

	if (version(s) == 3)
		size = span_starts(s, BIG) ? span_be64(s, 63) : span_le64(s, 63);
	header = ramdisk_add(part, size, 0, old_super_sizes[version(s)]);
	field_printf(part, "byte_order", "%s",
		     span_starts(s, BIG) ? "big-endian" : "little-endian");
	field_number(header, "inodes", word(s, 4));
	field_time(header, "mkfs_time", word(s, 39));
	if (version(s) >= 2)
		field_number(header, "block_size", word(s, 51));
	field_number(header, "bytes_used", size);
	note(part, "version %u: the kernel reads version 4 alone", version(s));
}

static struct kimg_error *parse(struct kimg_part *part)
{
	struct span s = part_span(part);
	uint16_t major = version(s);
	unsigned int minor = span_starts(s, BIG) ? word(s, 28) & 0xffff : word(s, 28) >> 16;

	field_printf(part, "version", "%u.%u", major, minor);
	if (major == 4 && span_starts(s, LITTLE))
		parse_4(part, s);
	else if (major >= 1 && major <= 3)
		parse_old(part, s);
	else
		return error_at(KIMG_E_UNSUPPORTED, part->offset + 28,
				"version %u: known, not supported", major);
	return NULL;
}

const struct format format_squashfs = {
	.name = "squashfs",
	.title = "squashfs file system",
	.probe = probe,
	.parse = parse,
};
