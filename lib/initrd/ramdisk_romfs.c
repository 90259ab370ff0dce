/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * romfs (Documentation/filesystems/romfs.rst, fs/romfs/super.c, 6.12; big endian). At multiples of 16, the first behind
 * the name of the volume:
 *
 *    0  4  where the next file of the folder is; bits 0-2 type, 0x8 executable
 *    4  4  by type: 0 hard link: the file; 1 folder: its first file; 4, 5 devices: major and minor, 16 bits each
 *    8  4  size                12  4  checksum           16  name, NUL, padded to 16; then the data
 *
 * Types: 0 hard link, 1 folder, 2 file, 3 link, 4 block device, 5 character device, 6 socket, 7 fifo.
 */
#include <sys/stat.h>

#include "initrd/ramdisk.h"

#define HEADER    16
#define NAME_MOST 128

struct romfs {
	struct span s;
	uint64_t root;
};

static const uint32_t modes[8] = {
	0,
	S_IFDIR | 0644,
	S_IFREG | 0644,
	S_IFLNK | 0777,
	S_IFBLK | 0600,
	S_IFCHR | 0600,
	S_IFSOCK | 0644,
	S_IFIFO | 0644,
};

static struct span name_at(const struct romfs *fs, uint64_t at)
{
	return span_text(span_clip(fs->s, at + HEADER, NAME_MOST));
}

/* Behind a header and its name, or the superblock and the volume's. */
static uint64_t behind_name(const struct romfs *fs, uint64_t at)
{
	return (at + HEADER + name_at(fs, at).n + 1 + 15) & ~15ULL;
}

static struct kimg_error *romfs_open(struct span image, const struct kimg_limits *limits,
				     struct arena *arena, void **ret_fs)
{
	struct romfs *fs = arena_alloc(arena, sizeof(*fs));

	if (!fs)
		return error_nomem();
	fs->s = span_clip(image, 0, span_be32(image, 8));
	fs->root = behind_name(fs, 0);
	*ret_fs = fs;
	return NULL;
}

static uint64_t romfs_root(void *context)
{
	return ((struct romfs *)context)->root;
}

static struct kimg_error *romfs_inode(void *context, uint64_t number, struct ramdisk_inode *ret)
{
	const struct romfs *fs = context;
	uint32_t next = span_be32(fs->s, number), spec = span_be32(fs->s, number + 4);

	if (number >= fs->s.n || fs->s.n - number < HEADER)
		return error_at(KIMG_E_TRUNCATED, number, "a file runs past the end");
	*ret = (struct ramdisk_inode){ .mode = modes[next & 7], .nlink = 1 };
	if (next & 8)
		ret->mode |= 0111;
	if (S_ISREG(ret->mode) || S_ISLNK(ret->mode))
		ret->size = span_be32(fs->s, number + 8);
	if (S_ISBLK(ret->mode) || S_ISCHR(ret->mode)) {
		ret->major = spec >> 16;
		ret->minor = spec & 0xffff;
	}
	if (ret->mode == 0)
		return error_at(KIMG_E_CORRUPT, number, "a hard link to a hard link");
	return NULL;
}

static struct kimg_error *romfs_list(void *context, uint64_t number, struct ramdisk_walk *walk)
{
	const struct romfs *fs = context;
	uint64_t at = span_be32(fs->s, number + 4) & ~15u;

	/* No more than there is room for: a list may lead into itself. */
	for (uint64_t left = fs->s.n / HEADER; at && left; left--) {
		uint32_t next = span_be32(fs->s, at);
		uint64_t file = next & 7 ? at : span_be32(fs->s, at + 4) & ~15u;

		if (at >= fs->s.n)
			return error_at(KIMG_E_TRUNCATED, at, "the list of a folder leads outside");
		TRY(ramdisk_found(walk, name_at(fs, at), file));
		at = next & ~15u;
	}
	return NULL;
}

static struct kimg_error *romfs_read(void *context, uint64_t number, struct blob *out,
				     uint64_t size)
{
	const struct romfs *fs = context;
	struct span data;

	if (!span_sub(fs->s, behind_name(fs, number), size, &data))
		return error_at(KIMG_E_TRUNCATED, number, "a file runs past the end");
	ramdisk_put(out, data);
	return NULL;
}

const struct ramdisk_driver ramdisk_romfs = {
	.name = "romfs",
	.open = romfs_open,
	.root = romfs_root,
	.inode = romfs_inode,
	.list = romfs_list,
	.read = romfs_read,
};
