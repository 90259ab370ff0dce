/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cramfs in either byte order (fs/cramfs/inode.c, include/uapi/linux/cramfs_fs.h, 6.12). An inode is three words of bit
 * fields, which in big endian begin with the high bits:
 *
 *    mode 16, uid 16      size 24, gid 8      namelen 6, offset 26      both in units of 4
 *
 * A folder is size bytes of inodes at its offset, each with its name behind it. A file is, at its offset, a word for each
 * block of 4096 bytes: where what zlib made of it ends, which is where the next one begins. With extended pointers:
 * bit 31 the block is stored; bit 30 the rest times 4 is where the block is, behind 16 bits with its length unless it is
 * stored. A block without bytes is all zeroes.
 */
#include <sys/stat.h>
#include <zlib.h>

#include "initrd/ramdisk.h"

#define MAGIC    0x28cd3d45
#define ROOT     64
#define INODE    12
#define BLOCK    4096
#define EXTENDED 0x800 /* flag of the superblock */
#define STORED   (1u << 31)
#define DIRECT   (1u << 30)

struct cramfs {
	struct span s;
	uint64_t super;
	bool big_endian;
	bool extended;
};

struct inode {
	uint32_t mode, uid, gid, size, name_size;
	uint64_t offset;
};

static uint32_t word(const struct cramfs *fs, uint64_t at)
{
	return fs->big_endian ? span_be32(fs->s, at) : span_le32(fs->s, at);
}

static uint32_t half(const struct cramfs *fs, uint64_t at)
{
	return fs->big_endian ? span_be32(fs->s, at) >> 16 : span_le16(fs->s, at);
}

static struct inode inode_at(const struct cramfs *fs, uint64_t at)
{
	uint32_t a = word(fs, at), b = word(fs, at + 4), c = word(fs, at + 8);

	if (fs->big_endian)
		return (struct inode){ a >> 16, a & 0xffff,    b & 0xff,
				       b >> 8,  (c >> 26) * 4, (c & 0x3ffffff) * 4ULL };
	return (struct inode){ a & 0xffff,   a >> 16,      b >> 24,
			       b & 0xffffff, (c & 63) * 4, (c >> 6) * 4ULL };
}

static struct kimg_error *cramfs_open(struct span image, const struct kimg_limits *limits,
				      struct arena *arena, void **ret_fs)
{
	struct cramfs *fs = arena_alloc(arena, sizeof(*fs));

	if (!fs)
		return error_nomem();
	fs->s = image;
	fs->super = span_le32(image, 0) == MAGIC || span_be32(image, 0) == MAGIC ? 0 : 512;
	fs->big_endian = span_be32(image, fs->super) == MAGIC;
	fs->extended = word(fs, fs->super + 8) & EXTENDED;
	*ret_fs = fs;
	return NULL;
}

static uint64_t cramfs_root(void *context)
{
	return ((struct cramfs *)context)->super + ROOT;
}

static struct kimg_error *cramfs_inode(void *context, uint64_t number, struct ramdisk_inode *ret)
{
	const struct cramfs *fs = context;
	struct inode inode = inode_at(fs, number);

	if (number >= fs->s.n || fs->s.n - number < INODE)
		return error_at(KIMG_E_TRUNCATED, number, "an inode runs past the end");
	*ret = (struct ramdisk_inode){
		.mode = inode.mode, .uid = inode.uid, .gid = inode.gid, .nlink = 1
	};
	if (S_ISREG(inode.mode) || S_ISLNK(inode.mode))
		ret->size = inode.size;
	if (S_ISBLK(inode.mode) || S_ISCHR(inode.mode)) {
		ret->major = inode.size >> 8 & 0xff;
		ret->minor = inode.size & 0xff;
	}
	return NULL;
}

/* Names are padded to 4 with zeroes. */
static struct kimg_error *cramfs_list(void *context, uint64_t number, struct ramdisk_walk *walk)
{
	const struct cramfs *fs = context;
	struct inode folder = inode_at(fs, number);

	for (uint64_t at = folder.offset, end = at + folder.size; at < end;) {
		struct inode inode = inode_at(fs, at);
		struct span name;

		if (!span_sub(fs->s, at + INODE, inode.name_size, &name))
			return error_at(KIMG_E_TRUNCATED, at, "a folder runs past the end");
		TRY(ramdisk_found(walk, span_text(name), at));
		at += INODE + inode.name_size;
	}
	return NULL;
}

/* The block of a file whose pointer is at; *start is where it begins, unless the pointer says, and then where it ends. */
static bool find_block(const struct cramfs *fs, uint64_t at, size_t size, uint64_t *start,
		       struct span *ret_block, bool *ret_stored)
{
	uint32_t pointer = word(fs, at);
	uint64_t length = size, from;

	*ret_stored = fs->extended && pointer & STORED;
	if (fs->extended && pointer & DIRECT) {
		from = (uint64_t)(pointer & ~(STORED | DIRECT)) * 4;
		if (!*ret_stored) {
			length = half(fs, from);
			from += 2;
		}
		*start = from + length;
		return span_sub(fs->s, from, length, ret_block);
	}
	if (fs->extended)
		pointer &= ~(STORED | DIRECT);
	from = *start;
	*start = pointer;
	return pointer >= from && span_sub(fs->s, from, pointer - from, ret_block);
}

static bool put_block(struct blob *out, struct span block, bool stored, size_t size)
{
	uint8_t buffer[BLOCK];
	uLongf n = sizeof(buffer);

	if (block.n == 0) {
		ramdisk_put_zeroes(out, size);
		return true;
	}
	if (stored) {
		ramdisk_put(out, span_clip(block, 0, size));
		return block.n >= size;
	}
	if (uncompress(buffer, &n, block.p, block.n) != Z_OK || n < size)
		return false;
	ramdisk_put(out, span_of(buffer, size));
	return true;
}

static struct kimg_error *cramfs_read(void *context, uint64_t number, struct blob *out,
				      uint64_t size)
{
	const struct cramfs *fs = context;
	uint64_t at = inode_at(fs, number).offset;
	uint64_t start = at + (size + BLOCK - 1) / BLOCK * 4;

	for (; size; at += 4) {
		size_t n = size < BLOCK ? size : BLOCK;
		struct span block;
		bool stored;

		if (!find_block(fs, at, n, &start, &block, &stored))
			return error_at(KIMG_E_TRUNCATED, at, "a block runs past the end");
		if (!put_block(out, block, stored, n))
			return error_at(KIMG_E_CORRUPT, at, "a block is damaged");
		size -= n;
	}
	return NULL;
}

const struct ramdisk_driver ramdisk_cramfs = {
	.name = "cramfs",
	.open = cramfs_open,
	.root = cramfs_root,
	.inode = cramfs_inode,
	.list = cramfs_list,
	.read = cramfs_read,
};
