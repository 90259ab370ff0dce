/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cramfs in either byte order (fs/cramfs/README, include/uapi/linux/cramfs_fs.h, 6.12). The superblock
 * stands at 0, or at 512 behind a boot sector:
 *
 *    0  4  magic 28cd3d45           36  4  edition
 *    4  4  size                     40  4  blocks
 *    8  4  flags                    44  4  files
 *   12  4  future                   48 16  name
 *   16 16  "Compressed ROMFS"       64 12  root inode
 *   32  4  crc of the whole with this as 0 (with the flag FSID_VERSION_2)
 */
#include "crypto/digest.h"
#include "format/ramdisk.h"
#include "format/registry.h"

#define MAGIC      0x28cd3d45
#define SIGNATURE  SPAN_LITERAL("Compressed ROMFS")
#define SUPER_SIZE 76

enum { FSID_VERSION_2 = 0x1 };

static uint64_t super_at(struct span s)
{
	return span_le32(s, 0) == MAGIC || span_be32(s, 0) == MAGIC ? 0 : 512;
}

static bool is_big_endian(struct span super)
{
	return span_be32(super, 0) == MAGIC;
}

static uint32_t word(struct span super, uint64_t offset)
{
	return is_big_endian(super) ? span_be32(super, offset) : span_le32(super, offset);
}

static int probe(struct span s)
{
	struct span super = span_from(s, super_at(s));

	if (word(super, 0) != MAGIC)
		return 0;
	return span_has(super, 16, SIGNATURE) ? 32 + 128 : super.n < SUPER_SIZE ? 32 : 0;
}

static struct kimg_error *parse(struct kimg_part *part)
{
	static const struct name_of flags[] = {
		{ 0x1, "FSID_VERSION_2" },
		{ 0x2, "SORTED_DIRS" },
		{ 0x100, "HOLES" },
		{ 0x200, "WRONG_SIGNATURE" },
		{ 0x400, "SHIFTED_ROOT_OFFSET" },
		{ 0x800, "EXT_BLOCK_POINTERS" },
		NAMES_END,
	};
	uint64_t at = super_at(part_span(part));
	struct span super = span_from(part_span(part), at);
	/* Without FSID_VERSION_2 nothing but the flags tells more, and size is that of the root inode. */
	bool whole = word(super, 8) & FSID_VERSION_2;
	struct kimg_part *header =
		ramdisk_add(part, whole ? word(super, 4) : part->size, at, SUPER_SIZE);

	field_printf(part, "byte_order", "%s",
		     is_big_endian(super) ? "big-endian" : "little-endian");
	field_number(header, "size", word(super, 4));
	field_flags(header, "flags", word(super, 8), flags);
	field_text(header, "name", span_clip(super, 48, 16));
	if (!whole)
		return NULL;
	field_hex(header, "crc", word(super, 32));
	field_number(header, "edition", word(super, 36));
	field_number(header, "blocks", word(super, 40));
	field_number(header, "files", word(super, 44));
	field_unchecked(header, "checksum");
	return NULL;
}

/* The size counts from the start of the file, a boot sector included, the checksum from the superblock. */
static struct kimg_error *verify(struct kimg_part *part)
{
	struct span s = part_span(part), super = span_from(s, super_at(s)), pieces[3];
	struct kimg_part *header = (struct kimg_part *)part->children;
	uint32_t crc = htobe32(word(super, 32));
	struct digest digest;

	while (header && strcmp(header->name, "superblock") != 0)
		header = (struct kimg_part *)header->next;
	if (!header || !(word(super, 8) & FSID_VERSION_2) || word(super, 4) > s.n ||
	    word(super, 4) < super_at(s) + SUPER_SIZE)
		return NULL;
	pieces[0] = span_clip(super, 0, 32);
	pieces[1] = SPAN_LITERAL("\0\0\0\0");
	pieces[2] = span_clip(super, 36, word(super, 4) - super_at(s) - 36);
	TRY(digest_compute("crc32", pieces, ARRAY_SIZE(pieces), &digest));
	field_check(header, "checksum", span_of(&crc, sizeof(crc)), digest_span(&digest));
	return NULL;
}

const struct format format_cramfs = {
	.name = "cramfs",
	.title = "cramfs file system",
	.probe = probe,
	.parse = parse,
	.verify = verify,
};
