/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * squashfs 4.0 (Documentation/filesystems/squashfs.rst, fs/squashfs/squashfs_fs.h, 6.12; little endian). Superblock:
 *
 *    0  4  "hsqs"               28  2  major: 4            64  8  inode table
 *    4  4  inodes               32  8  reference of root   72  8  folder table
 *   12  4  block size           40  8  bytes used          80  8  fragment table
 *   20  2  compression          48  8  id table
 *
 * Inodes, folders and tables are rows of metadata blocks: le16 size (bit 15: stored), then up to 8192 bytes packed. A
 * reference is the place of such a block in its table << 16 and where in it. Inodes begin with type, mode, uid, gid (2
 * bytes each, the last two indices of the id table), mtime and number (4 each). Types 1 to 7: folder, file, link, block
 * device, character device, fifo, socket; 8 to 14 the same with more fields.
 *
 * A file is blocks of the block size (le32 size each, bit 24: stored; 0: a hole), and its rest a piece of a fragment,
 * which is a block that files share.
 */
#include <lz4.h>
#include <lzo/lzo1x.h>
#include <sys/stat.h>
#include <zlib.h>

#include "codec/codec.h"
#include "initrd/ramdisk.h"

#define METADATA    8192
#define STORED      (1u << 24)
#define NO_FRAGMENT 0xffffffff
#define BLOCK_MOST  (1u << 20)

enum { GZIP = 1, LZMA, LZO, XZ, LZ4, ZSTD };

struct squashfs {
	struct span s;
	struct kimg_limits limits;
	unsigned int compression;
	uint32_t block_size;
	uint64_t root, ids, inodes, folders, fragments;
	/* the metadata block that was read last */
	uint64_t cached_at, cached_next;
	size_t cached_size;
	uint8_t cached[METADATA];
	/* the data block or fragment that was read last */
	uint64_t block_at;
	struct blob block;
};

/* ---- packed blocks ---- */

static struct kimg_error *unpack_stream(const struct squashfs *fs, const struct codec *codec,
					struct span in, uint8_t *p, size_t most, size_t *ret_n)
{
	cleanup_blob struct blob out = { 0 };
	size_t consumed;

	blob_init(&out, most);
	TRY(codec_decode_stream(codec, in, &fs->limits, &out, &consumed));
	memcpy(p, out.p, out.n);
	*ret_n = out.n;
	return NULL;
}

static struct kimg_error *unpack(const struct squashfs *fs, struct span in, uint8_t *p, size_t most,
				 size_t *ret_n)
{
	lzo_uint lzo_n = most;
	uLongf n = most;
	int lz4_n;

	switch (fs->compression) {
	case GZIP:
		if (uncompress(p, &n, in.p, in.n) != Z_OK)
			break;
		*ret_n = n;
		return NULL;
	case LZO:
		if (lzo1x_decompress_safe(in.p, in.n, p, &lzo_n, NULL) != LZO_E_OK)
			break;
		*ret_n = lzo_n;
		return NULL;
	case LZ4:
		lz4_n = LZ4_decompress_safe((const char *)in.p, (char *)p, in.n, most);
		if (lz4_n < 0)
			break;
		*ret_n = lz4_n;
		return NULL;
	case LZMA:
		return unpack_stream(fs, &codec_lzma, in, p, most, ret_n);
	case XZ:
		return unpack_stream(fs, &codec_xz, in, p, most, ret_n);
	case ZSTD:
		return unpack_stream(fs, &codec_zstd, in, p, most, ret_n);
	}
	return error_new(KIMG_E_CORRUPT, "a block is damaged");
}

/* ---- metadata ---- */

static struct kimg_error *load(struct squashfs *fs, uint64_t at)
{
	uint32_t size = span_le16(fs->s, at);
	struct span in;

	if (fs->cached_at == at)
		return NULL;
	if (!span_sub(fs->s, at + 2, size & 0x7fff, &in) || in.n == 0 || in.n > METADATA)
		return error_at(KIMG_E_TRUNCATED, at, "a block of metadata runs past the end");
	fs->cached_at = 0;
	if (size & 0x8000) {
		memcpy(fs->cached, in.p, in.n);
		fs->cached_size = in.n;
	} else {
		TRY(unpack(fs, in, fs->cached, METADATA, &fs->cached_size));
	}
	fs->cached_at = at;
	fs->cached_next = at + 2 + in.n;
	return NULL;
}

/* Where metadata is read on: a block, and a place in it. */
struct at {
	uint64_t block;
	size_t offset;
};

static struct kimg_error *get(struct squashfs *fs, struct at *at, void *p, size_t n)
{
	uint8_t *to = p;

	while (n) {
		size_t take;

		TRY(load(fs, at->block));
		if (at->offset > fs->cached_size)
			return error_at(KIMG_E_CORRUPT, at->block,
					"a reference leads past a block");
		take = fs->cached_size - at->offset < n ? fs->cached_size - at->offset : n;
		memcpy(to, fs->cached + at->offset, take);
		to += take;
		n -= take;
		at->offset += take;
		if (n == 0)
			break;
		if (take == 0 && fs->cached_size == 0)
			return error_at(KIMG_E_CORRUPT, at->block, "an empty block");
		at->block = fs->cached_next;
		at->offset = 0;
	}
	return NULL;
}

/* A row of a table of metadata blocks, whose places stand one after another at table. */
static struct kimg_error *get_row(struct squashfs *fs, uint64_t table, uint64_t row, size_t size,
				  void *p)
{
	uint64_t byte = row * size;
	struct at at = { .block = span_le64(fs->s, table + byte / METADATA * 8),
			 .offset = byte % METADATA };

	return get(fs, &at, p, size);
}

/* ---- inodes ---- */

struct inode {
	unsigned int type; /* 1 to 7 */
	uint32_t mode, uid, gid, mtime, nlink, device;
	uint64_t size,
		start; /* of a file: its blocks; of a folder: its block in the folder table */
	uint32_t fragment, offset;
	struct at rest; /* behind the fields: sizes of blocks, a target */
};

static uint16_t u16(const uint8_t *p)
{
	return get_le16(p);
}

static uint32_t u32(const uint8_t *p)
{
	return get_le32(p);
}

static struct kimg_error *get_folder(struct squashfs *fs, bool extended, struct inode *i)
{
	uint8_t f[24];

	TRY(get(fs, &i->rest, f, extended ? 24 : 16));
	i->start = extended ? u32(f + 8) : u32(f);
	i->nlink = extended ? u32(f) : u32(f + 4);
	i->size = extended ? u32(f + 4) : u16(f + 8);
	i->offset = extended ? u16(f + 18) : u16(f + 10);
	return NULL;
}

static struct kimg_error *get_file(struct squashfs *fs, bool extended, struct inode *i)
{
	uint8_t f[40];

	TRY(get(fs, &i->rest, f, extended ? 40 : 16));
	i->nlink = extended ? u32(f + 24) : 1;
	i->start = extended ? get_le64(f) : u32(f);
	i->size = extended ? get_le64(f + 8) : u32(f + 12);
	i->fragment = extended ? u32(f + 28) : u32(f + 4);
	i->offset = extended ? u32(f + 32) : u32(f + 8);
	return NULL;
}

static struct kimg_error *get_other(struct squashfs *fs, struct inode *i)
{
	bool more = i->type <= 5; /* a size, or a device */
	uint8_t f[8];

	TRY(get(fs, &i->rest, f, more ? 8 : 4));
	i->nlink = u32(f);
	if (i->type == 3)
		i->size = u32(f + 4);
	else if (more)
		i->device = u32(f + 4);
	return NULL;
}

static struct kimg_error *get_id(struct squashfs *fs, uint32_t index, uint32_t *ret)
{
	uint8_t id[4];

	TRY(get_row(fs, fs->ids, index, 4, id));
	*ret = u32(id);
	return NULL;
}

static struct kimg_error *get_inode(struct squashfs *fs, uint64_t reference, struct inode *i)
{
	static const uint32_t types[] = { 0,       S_IFDIR, S_IFREG, S_IFLNK,
					  S_IFBLK, S_IFCHR, S_IFIFO, S_IFSOCK };
	bool extended;
	uint8_t f[16];

	*i = (struct inode){ .rest = { fs->inodes + (reference >> 16), reference & 0xffff } };
	TRY(get(fs, &i->rest, f, sizeof(f)));
	i->type = u16(f);
	extended = i->type > 7;
	i->type -= extended ? 7 : 0;
	if (i->type < 1 || i->type > 7)
		return error_new(KIMG_E_CORRUPT, "an inode of type %u", u16(f));
	i->mode = types[i->type] | (u16(f + 2) & 07777);
	i->mtime = u32(f + 8);
	TRY(get_id(fs, u16(f + 4), &i->uid));
	TRY(get_id(fs, u16(f + 6), &i->gid));
	return i->type == 1   ? get_folder(fs, extended, i)
	       : i->type == 2 ? get_file(fs, extended, i)
			      : get_other(fs, i);
}

static struct kimg_error *squashfs_inode(void *context, uint64_t number, struct ramdisk_inode *ret)
{
	struct inode i;

	TRY(get_inode(context, number, &i));
	*ret = (struct ramdisk_inode){
		.mode = i.mode,
		.uid = i.uid,
		.gid = i.gid,
		.nlink = i.nlink,
		.major = i.device >> 8 & 0xfff,
		.minor = (i.device & 0xff) | (i.device >> 12 & 0xfff00),
		.mtime = i.mtime,
		.size = i.size,
	};
	return NULL;
}

/* ---- folders ---- */

/* A row of names has a head: how many, less one; the block of their inodes. size counts 3 bytes that are not there. */
static struct kimg_error *squashfs_list(void *context, uint64_t number, struct ramdisk_walk *walk)
{
	struct squashfs *fs = context;
	struct inode i;
	struct at at;
	uint64_t left;

	TRY(get_inode(fs, number, &i));
	at = (struct at){ fs->folders + i.start, i.offset };
	for (left = i.size > 3 ? i.size - 3 : 0; left >= 12;) {
		uint8_t head[12], f[8], name[256 + 8];
		uint64_t count, start;

		TRY(get(fs, &at, head, 12));
		left -= 12;
		start = u32(head + 4);
		for (count = (uint64_t)u32(head) + 1; count && left >= 8; count--) {
			size_t n;

			TRY(get(fs, &at, f, 8));
			n = (size_t)u16(f + 6) + 1;
			if (n > 256)
				return error_new(KIMG_E_CORRUPT, "a name of %zu bytes", n);
			TRY(get(fs, &at, name, n));
			left -= 8 + n < left ? 8 + n : left;
			TRY(ramdisk_found(walk, span_of(name, n), start << 16 | u16(f)));
		}
	}
	return NULL;
}

/* ---- data ---- */

/* A block of data at its place: the bytes of it, until the next one. */
static struct kimg_error *get_block(struct squashfs *fs, uint64_t at, uint32_t size,
				    struct span *ret)
{
	struct span in;
	size_t n;

	if (!span_sub(fs->s, at, size & (STORED - 1), &in) || in.n > BLOCK_MOST)
		return error_at(KIMG_E_TRUNCATED, at, "a block runs past the end");
	if (size & STORED) {
		*ret = in;
		return NULL;
	}
	if (fs->block_at != at) {
		fs->block_at = 0;
		TRY(unpack(fs, in, fs->block.p, fs->block_size, &n));
		fs->block.n = n;
		fs->block_at = at;
	}
	*ret = blob_span(&fs->block);
	return NULL;
}

static struct kimg_error *put_fragment(struct squashfs *fs, const struct inode *i, size_t n,
				       struct blob *out)
{
	struct span block, piece;
	uint8_t row[16];

	TRY(get_row(fs, fs->fragments, i->fragment, 16, row));
	TRY(get_block(fs, get_le64(row), u32(row + 8), &block));
	if (!span_sub(block, i->offset, n, &piece))
		return error_new(KIMG_E_CORRUPT, "a piece runs past its fragment");
	ramdisk_put(out, piece);
	return NULL;
}

static struct kimg_error *put_file(struct squashfs *fs, struct inode *i, struct blob *out,
				   uint64_t size)
{
	uint64_t at = i->start;

	while (size) {
		size_t n = size < fs->block_size ? size : fs->block_size;
		struct span block;
		uint8_t word[4];

		if (n < fs->block_size && i->fragment != NO_FRAGMENT)
			return put_fragment(fs, i, n, out);
		TRY(get(fs, &i->rest, word, 4));
		if (u32(word) == 0) {
			ramdisk_put_zeroes(out, n);
		} else {
			TRY(get_block(fs, at, u32(word), &block));
			if (block.n < n)
				return error_at(KIMG_E_CORRUPT, at, "a block is too short");
			ramdisk_put(out, span_clip(block, 0, n));
		}
		at += u32(word) & (STORED - 1);
		size -= n;
	}
	return NULL;
}

static struct kimg_error *squashfs_read(void *context, uint64_t number, struct blob *out,
					uint64_t size)
{
	struct squashfs *fs = context;
	struct inode i;

	TRY(get_inode(fs, number, &i));
	if (i.type == 2)
		return put_file(fs, &i, out, size);
	TRY(get(fs, &i.rest, out->p, size));
	out->n = size;
	return NULL;
}

/* ---- opening ---- */

static struct kimg_error *squashfs_open(struct span image, const struct kimg_limits *limits,
					struct arena *arena, void **ret_fs)
{
	struct squashfs *fs = arena_alloc(arena, sizeof(*fs));

	if (!fs)
		return error_nomem();
	fs->s = image;
	fs->limits = *limits;
	fs->block_size = span_le32(image, 12);
	fs->compression = span_le16(image, 20);
	fs->root = span_le64(image, 32);
	fs->ids = span_le64(image, 48);
	fs->inodes = span_le64(image, 64);
	fs->folders = span_le64(image, 72);
	fs->fragments = span_le64(image, 80);
	if (span_le16(image, 28) != 4)
		return error_at(KIMG_E_UNSUPPORTED, 28, "version %u", span_le16(image, 28));
	if (fs->compression < GZIP || fs->compression > ZSTD)
		return error_at(KIMG_E_UNSUPPORTED, 20, "compression %u", fs->compression);
	if (fs->block_size < 4096 || fs->block_size > BLOCK_MOST)
		return error_at(KIMG_E_CORRUPT, 12, "blocks of %u bytes", fs->block_size);
	blob_init(&fs->block, fs->block_size);
	TRY(blob_reserve(&fs->block, fs->block_size));
	*ret_fs = fs;
	return NULL;
}

static uint64_t squashfs_root(void *context)
{
	return ((struct squashfs *)context)->root;
}

static void squashfs_close(void *context)
{
	blob_done(&((struct squashfs *)context)->block);
}

const struct ramdisk_driver ramdisk_squashfs = {
	.name = "squashfs",
	.open = squashfs_open,
	.root = squashfs_root,
	.inode = squashfs_inode,
	.list = squashfs_list,
	.read = squashfs_read,
	.close = squashfs_close,
};
