/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * minix in either byte order (include/uapi/linux/minix_fs.h, 6.12), the first ramdisks' file system. The
 * superblock stands at 1024; offsets within it:
 *
 *   versions 1 and 2               version 3
 *    0  2  s_ninodes                0  4  s_ninodes
 *    2  2  s_nzones, in 1           6  2  s_imap_blocks
 *    4  2  s_imap_blocks            8  2  s_zmap_blocks
 *    6  2  s_zmap_blocks           10  2  s_firstdatazone
 *    8  2  s_firstdatazone         12  2  s_log_zone_size
 *   10  2  s_log_zone_size         16  4  s_max_size
 *   12  4  s_max_size              20  4  s_zones
 *   16  2  s_magic                 24  2  s_magic
 *   18  2  s_state                 28  2  s_blocksize
 *   20  4  s_zones, in 2           30  1  s_disk_version
 */
#include <inttypes.h>

#include "format/ramdisk.h"
#include "format/registry.h"

#define SUPER_AT   1024
#define SUPER_SIZE 32
#define BLOCK_SIZE 1024

static const struct kind {
	uint16_t magic;
	uint8_t version;
	uint8_t name_length;
	uint8_t inode_size;
} kinds[] = {
	{ 0x137f, 1, 14, 32 }, { 0x138f, 1, 30, 32 }, { 0x2468, 2, 14, 64 },
	{ 0x2478, 2, 30, 64 }, { 0x4d5a, 3, 60, 64 },
};

struct super {
	const struct kind *kind;
	bool big_endian;
	uint32_t inodes, zones, max_size;
	uint16_t imap_blocks, zmap_blocks, first_zone, log_zone_size, state, block_size;
};

static struct cursor cursor_at(struct span super, bool big_endian, uint64_t offset)
{
	struct span s = span_from(super, offset);

	return big_endian ? cursor_be(s) : cursor_le(s);
}

static bool find_kind(struct span super, struct super *ret)
{
	for (int order = 0; order < 2; order++) {
		struct cursor old = cursor_at(super, order, 16), new = cursor_at(super, order, 24);
		uint16_t magic = cursor_u16(&old), magic_3 = cursor_u16(&new);

		for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
			if ((kinds[i].version < 3 ? magic : magic_3) != kinds[i].magic)
				continue;
			ret->kind = &kinds[i];
			ret->big_endian = order;
			return true;
		}
	}
	return false;
}

static bool read_super(struct span s, struct super *ret)
{
	struct span super = span_from(s, SUPER_AT);
	struct cursor c;

	if (!find_kind(super, ret))
		return false;
	c = cursor_at(super, ret->big_endian, 0);
	ret->block_size = BLOCK_SIZE;
	ret->inodes = ret->kind->version == 3 ? cursor_u32(&c) : cursor_u16(&c);
	ret->zones = cursor_u16(&c); /* version 3: padding */
	ret->imap_blocks = cursor_u16(&c);
	ret->zmap_blocks = cursor_u16(&c);
	ret->first_zone = cursor_u16(&c);
	ret->log_zone_size = cursor_u16(&c);
	if (ret->kind->version == 3)
		cursor_skip(&c, 2);
	ret->max_size = cursor_u32(&c);
	if (ret->kind->version == 3) {
		ret->zones = cursor_u32(&c);
		cursor_skip(&c, 4);
		ret->block_size = cursor_u16(&c);
		return !c.failed;
	}
	cursor_skip(&c, 2);
	ret->state = cursor_u16(&c);
	if (ret->kind->version == 2)
		ret->zones = cursor_u32(&c);
	return !c.failed;
}

/* The magic has 16 bits; that the first data zone follows the inodes verifies as many again. */
static int probe(struct span s)
{
	struct super super = { 0 };
	uint64_t inode_blocks;

	if (!read_super(s, &super) || super.block_size < BLOCK_SIZE || super.log_zone_size > 8 ||
	    super.imap_blocks == 0 || super.zmap_blocks == 0)
		return 0;
	inode_blocks = ((uint64_t)super.inodes * super.kind->inode_size + super.block_size - 1) /
		       super.block_size;
	if (super.first_zone !=
		    (uint16_t)(2 + super.imap_blocks + super.zmap_blocks + inode_blocks) &&
	    super.first_zone != 0)
		return 0;
	return 16 + 16;
}

static struct kimg_error *parse(struct kimg_part *part)
{
	struct span s = part_span(part);
	struct super super = { 0 };
	struct kimg_part *header;

	if (!read_super(s, &super))
		return error_at(KIMG_E_TRUNCATED, part->offset + SUPER_AT, "no superblock");
	header = ramdisk_add(part,
			     (uint64_t)super.zones * super.block_size << (super.log_zone_size & 15),
			     SUPER_AT, SUPER_SIZE);
	field_printf(part, "version", "%u, names of %u bytes", super.kind->version,
		     super.kind->name_length);
	field_printf(part, "byte_order", "%s", super.big_endian ? "big-endian" : "little-endian");
	field_number(header, "s_ninodes", super.inodes);
	field_number(header, super.kind->version == 1 ? "s_nzones" : "s_zones", super.zones);
	field_number(header, "s_imap_blocks", super.imap_blocks);
	field_number(header, "s_zmap_blocks", super.zmap_blocks);
	field_number(header, "s_firstdatazone", super.first_zone);
	field_number(header, "s_log_zone_size", super.log_zone_size);
	field_number(header, "s_max_size", super.max_size);
	field_hex(header, "s_magic", super.kind->magic);
	if (super.kind->version == 3)
		field_number(header, "s_blocksize", super.block_size);
	else
		field_hex(header, "s_state", super.state);
	return NULL;
}

const struct format format_minix = {
	.name = "minix",
	.title = "minix file system",
	.probe = probe,
	.parse = parse,
};
