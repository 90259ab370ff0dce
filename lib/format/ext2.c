/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ext2, ext3 and ext4 by their superblock at 1024 (Documentation/filesystems/ext4/super.rst, 6.12; little
 * endian; offsets within it):
 *
 *    0  4  s_inodes_count          72  4  s_creator_os
 *    4  4  s_blocks_count_lo       76  4  s_rev_level
 *   12  4  s_free_blocks_count_lo  88  2  s_inode_size        revision 1 on, as what follows
 *   16  4  s_free_inodes_count     92  4  s_feature_compat
 *   20  4  s_first_data_block      96  4  s_feature_incompat
 *   24  4  s_log_block_size       100  4  s_feature_ro_compat
 *   32  4  s_blocks_per_group     104 16  s_uuid
 *   44  4  s_mtime                120 16  s_volume_name
 *   48  4  s_wtime                264  4  s_mkfs_time
 *   56  2  s_magic ef53           336  4  s_blocks_count_hi   with 64bit
 *   58  2  s_state
 */
#include <inttypes.h>

#include "format/ramdisk.h"
#include "format/registry.h"

#define SUPER_AT   1024
#define SUPER_SIZE 1024
#define MAGIC      0xef53

/* Blocks of 64 KiB. */
#define MAX_LOG_BLOCK_SIZE 6

enum { COMPAT_JOURNAL = 0x4, INCOMPAT_EXTENTS = 0x40, INCOMPAT_64BIT = 0x80 };

static const struct name_of compat[] = {
	{ 0x1, "dir_prealloc" },    { 0x2, "imagic_inodes" }, { 0x4, "has_journal" },
	{ 0x8, "ext_attr" },        { 0x10, "resize_inode" }, { 0x20, "dir_index" },
	{ 0x200, "sparse_super2" }, { 0x400, "fast_commit" }, NAMES_END,
};
static const struct name_of incompat[] = {
	{ 0x1, "compression" },    { 0x2, "filetype" },
	{ 0x4, "needs_recovery" }, { 0x8, "journal_dev" },
	{ 0x10, "meta_bg" },       { 0x40, "extents" },
	{ 0x80, "64bit" },         { 0x100, "mmp" },
	{ 0x200, "flex_bg" },      { 0x400, "ea_inode" },
	{ 0x2000, "csum_seed" },   { 0x4000, "largedir" },
	{ 0x8000, "inline_data" }, { 0x10000, "encrypt" },
	{ 0x20000, "casefold" },   NAMES_END,
};
static const struct name_of ro_compat[] = {
	{ 0x1, "sparse_super" },
	{ 0x2, "large_file" },
	{ 0x4, "btree_dir" },
	{ 0x8, "huge_file" },
	{ 0x10, "gdt_csum" },
	{ 0x20, "dir_nlink" },
	{ 0x40, "extra_isize" },
	{ 0x100, "quota" },
	{ 0x200, "bigalloc" },
	{ 0x400, "metadata_csum" },
	{ 0x1000, "readonly" },
	{ 0x2000, "project" },
	{ 0x8000, "verity" },
	{ 0x10000, "orphan_present" },
	NAMES_END,
};

static int probe(struct span s)
{
	struct span super = span_from(s, SUPER_AT);

	if (span_le16(super, 56) != MAGIC)
		return 0;
	if (span_le32(super, 76) > 1 || span_le32(super, 72) > 4 || span_le32(super, 0) == 0 ||
	    span_le32(super, 4) == 0)
		return 0;
	return 16 + 32;
}

static void show_old(struct kimg_part *part, struct span super)
{
	static const struct name_of states[] = {
		{ 1, "clean" },
		{ 2, "errors" },
		{ 4, "orphans" },
		NAMES_END,
	};
	static const struct name_of systems[] = {
		{ 0, "Linux" },   { 1, "Hurd" },  { 2, "MASIX" },
		{ 3, "FreeBSD" }, { 4, "Lites" }, NAMES_END,
	};

	field_number(part, "s_inodes_count", span_le32(super, 0));
	field_number(part, "s_blocks_count", span_le32(super, 4));
	field_number(part, "s_free_blocks_count", span_le32(super, 12));
	field_number(part, "s_free_inodes_count", span_le32(super, 16));
	field_time(part, "s_mtime", span_le32(super, 44));
	field_time(part, "s_wtime", span_le32(super, 48));
	field_flags(part, "s_state", span_le16(super, 58), states);
	field_enum(part, "s_creator_os", span_le32(super, 72), systems);
	field_number(part, "s_rev_level", span_le32(super, 76));
}

static void show_new(struct kimg_part *part, struct span super)
{
	field_number(part, "s_inode_size", span_le16(super, 88));
	field_flags(part, "s_feature_compat", span_le32(super, 92), compat);
	field_flags(part, "s_feature_incompat", span_le32(super, 96), incompat);
	field_flags(part, "s_feature_ro_compat", span_le32(super, 100), ro_compat);
	field_bytes(part, "s_uuid", span_clip(super, 104, 16));
	field_text(part, "s_volume_name", span_clip(super, 120, 16));
	if (span_le32(super, 264))
		field_time(part, "s_mkfs_time", span_le32(super, 264));
}

static const char *version(struct span super)
{
	if (span_le32(super, 76) == 0)
		return "ext2";
	if (span_le32(super, 96) & (INCOMPAT_EXTENTS | INCOMPAT_64BIT))
		return "ext4";
	return span_le32(super, 92) & COMPAT_JOURNAL ? "ext3" : "ext2";
}

static struct kimg_error *parse(struct kimg_part *part)
{
	struct span super = span_from(part_span(part), SUPER_AT);
	uint32_t revision = span_le32(super, 76), log_size = span_le32(super, 24);
	uint64_t blocks = span_le32(super, 4), size = 0;
	struct kimg_part *header;

	if (revision && span_le32(super, 96) & INCOMPAT_64BIT)
		blocks |= (uint64_t)span_le32(super, 336) << 32;
	if (log_size <= MAX_LOG_BLOCK_SIZE && blocks < UINT64_MAX >> 16)
		size = blocks << (10 + log_size);
	field_printf(part, "version", "%s", version(super));
	header = ramdisk_add(part, size ? size : part->size, SUPER_AT, SUPER_SIZE);
	show_old(header, super);
	if (revision)
		show_new(header, super);
	if (log_size <= MAX_LOG_BLOCK_SIZE)
		field_number_as(header, "s_log_block_size", log_size, "%u bytes",
				1024u << log_size);
	else
		note_bad(header, "s_log_block_size is %" PRIu32, log_size);
	return NULL;
}

const struct format format_ext2 = {
	.name = "ext2",
	.title = "ext2, ext3 or ext4 file system",
	.probe = probe,
	.parse = parse,
};
