/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * minix, versions 1 to 3, in either byte order (fs/minix, include/uapi/linux/minix_fs.h, 6.12). Behind the superblock's
 * block, the maps of inodes and of zones, come the inodes, from number 1 on, which is the root:
 *
 *   version 1, 32 bytes        versions 2 and 3, 64 bytes
 *     0  2  mode                 0  2  mode         8  4  size         Zones are blocks; the last two (three) lead
 *     2  2  uid                  2  2  nlinks      12  4  atime        to others by way of a block (of blocks) of
 *     4  4  size                 4  2  uid         16  4  mtime        their numbers. 0 is a hole. A device's number
 *     8  4  time                 6  2  gid         20  4  ctime        is in the first.
 *    12  1  gid                 24 10*4 zones
 *    13  1  nlinks
 *    14 9*2 zones
 *
 * A folder is a file of 16 or 32 (version 3: 64) bytes for each name: the inode's number in 2 (4) bytes, the name.
 */
#include <sys/stat.h>

#include "initrd/ramdisk.h"

#define SUPER 1024
#define ROOT  1

struct minix {
	struct span s;
	bool big_endian;
	unsigned int version;
	size_t name_size; /* of an entry of a folder, without the number */
	uint64_t block, inodes_at, inodes;
};

static uint32_t get16(const struct minix *fs, uint64_t at)
{
	return fs->big_endian ? span_be32(fs->s, at) >> 16 : span_le16(fs->s, at);
}

static uint32_t get32(const struct minix *fs, uint64_t at)
{
	return fs->big_endian ? span_be32(fs->s, at) : span_le32(fs->s, at);
}

static const struct kind {
	uint16_t magic;
	uint8_t version, name_size;
} kinds[] = {
	{ 0x137f, 1, 14 }, { 0x138f, 1, 30 }, { 0x2468, 2, 14 },
	{ 0x2478, 2, 30 }, { 0x4d5a, 3, 60 },
};

/* Version 3 has its magic in another place. */
static bool set_kind(struct minix *fs, bool big_endian)
{
	fs->big_endian = big_endian;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		bool third = kinds[i].version == 3;

		if (get16(fs, SUPER + (third ? 24 : 16)) != kinds[i].magic)
			continue;
		fs->version = kinds[i].version;
		fs->name_size = kinds[i].name_size;
		fs->block = third ? get16(fs, SUPER + 28) : 1024;
		fs->inodes = third ? get32(fs, SUPER) : get16(fs, SUPER);
		fs->inodes_at =
			get16(fs, SUPER + (third ? 6 : 4)) + get16(fs, SUPER + (third ? 8 : 6));
		fs->inodes_at = (2 + fs->inodes_at) * fs->block;
		return true;
	}
	return false;
}

static struct kimg_error *minix_open(struct span image, const struct kimg_limits *limits,
				     struct arena *arena, void **ret_fs)
{
	struct minix *fs = arena_alloc(arena, sizeof(*fs));

	if (!fs)
		return error_nomem();
	fs->s = image;
	if (!set_kind(fs, false) && !set_kind(fs, true))
		return error_at(KIMG_E_CORRUPT, SUPER, "no superblock");
	if (fs->block < 64 || fs->block % 64)
		return error_at(KIMG_E_CORRUPT, SUPER, "blocks of %ju bytes", (uintmax_t)fs->block);
	*ret_fs = fs;
	return NULL;
}

static uint64_t minix_root(void *context)
{
	return ROOT;
}

static uint64_t inode_at(const struct minix *fs, uint64_t number)
{
	return fs->inodes_at + (number - 1) * (fs->version == 1 ? 32 : 64);
}

static uint32_t zone(const struct minix *fs, uint64_t inode, unsigned int i)
{
	return fs->version == 1 ? get16(fs, inode + 14 + 2 * i) : get32(fs, inode + 24 + 4 * i);
}

static struct kimg_error *minix_inode(void *context, uint64_t number, struct ramdisk_inode *ret)
{
	const struct minix *fs = context;
	uint64_t at = inode_at(fs, number);
	bool first = fs->version == 1;

	if (number < 1 || number > fs->inodes || at >= fs->s.n || fs->s.n - at < 64)
		return error_new(KIMG_E_CORRUPT, "there is no inode %ju", (uintmax_t)number);
	*ret = (struct ramdisk_inode){
		.mode = get16(fs, at),
		.uid = get16(fs, at + (first ? 2 : 4)),
		.gid = first ? fs->s.p[at + 12] : get16(fs, at + 6),
		.nlink = first ? fs->s.p[at + 13] : get16(fs, at + 2),
		.mtime = get32(fs, at + (first ? 8 : 16)),
		.size = get32(fs, at + (first ? 4 : 8)),
	};
	if (S_ISCHR(ret->mode) || S_ISBLK(ret->mode)) {
		ret->major = zone(fs, at, 0) >> 8 & 0xff;
		ret->minor = zone(fs, at, 0) & 0xff;
	}
	return NULL;
}

/* The zone that holds block i of a file, by way of others: 7 direct ones, then trees of one level more each. */
static uint32_t find_zone(const struct minix *fs, uint64_t inode, uint64_t i)
{
	size_t width = fs->version == 1 ? 2 : 4;
	uint64_t fan = fs->block / width, reach = fan;
	unsigned int levels = 1;
	uint32_t at;

	if (i < 7)
		return zone(fs, inode, i);
	for (i -= 7; i >= reach; reach *= fan, levels++)
		i -= reach;
	if (levels > (fs->version == 1 ? 2 : 3))
		return 0;
	for (at = zone(fs, inode, 6 + levels); at && levels; levels--) {
		uint64_t entry = at * fs->block + i / (reach / fan) * width;

		i %= reach / fan;
		reach /= fan;
		at = width == 2 ? get16(fs, entry) : get32(fs, entry);
	}
	return at;
}

static struct kimg_error *minix_read(void *context, uint64_t number, struct blob *out,
				     uint64_t size)
{
	const struct minix *fs = context;
	uint64_t inode = inode_at(fs, number);

	for (uint64_t i = 0; size; i++) {
		size_t n = size < fs->block ? size : fs->block;
		uint32_t at = find_zone(fs, inode, i);
		struct span block;

		if (at && !span_sub(fs->s, at * fs->block, n, &block))
			return error_new(KIMG_E_TRUNCATED, "block %u is outside", at);
		if (at)
			ramdisk_put(out, block);
		else
			ramdisk_put_zeroes(out, n);
		size -= n;
	}
	return NULL;
}

static struct kimg_error *list_block(const struct minix *fs, struct span block,
				     struct ramdisk_walk *walk)
{
	size_t width = fs->version == 3 ? 4 : 2, step = width + fs->name_size;

	for (size_t at = 0; block.n - at >= step; at += step) {
		struct minix in = { .s = span_clip(block, at, step), .big_endian = fs->big_endian };
		uint32_t number = width == 4 ? get32(&in, 0) : get16(&in, 0);

		if (number)
			TRY(ramdisk_found(walk, span_text(span_from(in.s, width)), number));
	}
	return NULL;
}

/* No further than the image could reach if every block of it were of this folder. */
static struct kimg_error *minix_list(void *context, uint64_t number, struct ramdisk_walk *walk)
{
	const struct minix *fs = context;
	struct ramdisk_inode inode;
	uint64_t blocks;

	TRY(minix_inode(context, number, &inode));
	blocks = (inode.size + fs->block - 1) / fs->block;
	if (blocks > fs->s.n / fs->block)
		return error_new(KIMG_E_CORRUPT, "a folder is larger than the file system");
	for (uint64_t i = 0; i < blocks; i++) {
		uint32_t at = find_zone(fs, inode_at(fs, number), i);
		uint64_t n = inode.size - i * fs->block;
		struct span block;

		if (at && span_sub(fs->s, at * fs->block, n < fs->block ? n : fs->block, &block))
			TRY(list_block(fs, block, walk));
	}
	return NULL;
}

const struct ramdisk_driver ramdisk_minix = {
	.name = "minix",
	.open = minix_open,
	.root = minix_root,
	.inode = minix_inode,
	.list = minix_list,
	.read = minix_read,
};
