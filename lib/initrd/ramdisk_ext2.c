/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ext2, ext3 and ext4, through libext2fs of e2fsprogs, loaded on first use. It reads blocks from memory. */
#include <ext2fs/ext2fs.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/dynlib.h"
#include "initrd/ramdisk.h"

static typeof(&ext2fs_open) call_open;
static typeof(&ext2fs_free) call_free;
static typeof(&ext2fs_read_inode) call_read_inode;
static typeof(&ext2fs_dir_iterate) call_dir_iterate;
static typeof(&ext2fs_file_open) call_file_open;
static typeof(&ext2fs_file_read) call_file_read;
static typeof(&ext2fs_file_close) call_file_close;

static const struct dynlib_symbol symbols[] = {
	DYNLIB_SYMBOL("ext2fs_open", call_open),
	DYNLIB_SYMBOL("ext2fs_free", call_free),
	DYNLIB_SYMBOL("ext2fs_read_inode", call_read_inode),
	DYNLIB_SYMBOL("ext2fs_dir_iterate", call_dir_iterate),
	DYNLIB_SYMBOL("ext2fs_file_open", call_file_open),
	DYNLIB_SYMBOL("ext2fs_file_read", call_file_read),
	DYNLIB_SYMBOL("ext2fs_file_close", call_file_close),
	DYNLIB_SYMBOLS_END,
};
static const char *const sonames[] = { "libext2fs.so.2", NULL };
static struct dynlib library = DYNLIB(sonames, symbols);
DYNLIB_NOTE(ext2fs, "ext2", "Reads old ramdisks with an ext2 file system", "suggested",
	    "\"libext2fs.so.2\"");

struct ext2 {
	ext2_filsys fs;
	struct span image;
};

/* ---- blocks from memory ---- */

/* open() gets a name alone. */
static _Thread_local struct span opening;

struct channel {
	struct struct_io_channel io;
	struct span image;
};

static struct struct_io_manager manager;

static errcode_t memory_open(const char *name, int flags, io_channel *ret)
{
	struct channel *channel = calloc(1, sizeof(*channel));

	if (!channel)
		return EXT2_ET_NO_MEMORY;
	channel->image = opening;
	channel->io.magic = EXT2_ET_MAGIC_IO_CHANNEL;
	channel->io.manager = &manager;
	channel->io.name = (char *)"memory";
	channel->io.block_size = 1024;
	channel->io.refcount = 1;
	*ret = &channel->io;
	return 0;
}

static errcode_t memory_close(io_channel io)
{
	if (--io->refcount == 0)
		free(io);
	return 0;
}

static errcode_t memory_set_blksize(io_channel io, int size)
{
	io->block_size = size;
	return 0;
}

/* A negative count is one of bytes. */
static errcode_t memory_read64(io_channel io, unsigned long long block, int count, void *buffer)
{
	const struct channel *channel = (const struct channel *)io;
	uint64_t n = count < 0 ? (uint64_t) - (int64_t)count : (uint64_t)count * io->block_size, at;
	struct span bytes;

	if (__builtin_mul_overflow(block, (uint64_t)io->block_size, &at) ||
	    !span_sub(channel->image, at, n, &bytes))
		return EXT2_ET_SHORT_READ;
	memcpy(buffer, bytes.p, bytes.n);
	return 0;
}

static errcode_t memory_read(io_channel io, unsigned long block, int count, void *buffer)
{
	return memory_read64(io, block, count, buffer);
}

static errcode_t refuse(io_channel io, unsigned long block, int count, const void *buffer)
{
	return EXT2_ET_RO_FILSYS;
}

static errcode_t refuse64(io_channel io, unsigned long long block, int count, const void *buffer)
{
	return EXT2_ET_RO_FILSYS;
}

static errcode_t memory_flush(io_channel io)
{
	return 0;
}

static struct struct_io_manager manager = {
	.magic = EXT2_ET_MAGIC_IO_MANAGER,
	.name = "memory",
	.open = memory_open,
	.close = memory_close,
	.set_blksize = memory_set_blksize,
	.read_blk = memory_read,
	.write_blk = refuse,
	.flush = memory_flush,
	.read_blk64 = memory_read64,
	.write_blk64 = refuse64,
};

/* ---- the driver ---- */

static struct kimg_error *failed(errcode_t code, const char *what)
{
	if (code == EXT2_ET_NO_MEMORY)
		return error_nomem();
	return error_new(KIMG_E_CORRUPT, "%s: libext2fs says %ld", what, (long)code);
}

static struct kimg_error *ext2_open(struct span image, const struct kimg_limits *limits,
				    struct arena *arena, void **ret_fs)
{
	/* What is behind the file system is no part of it; a journal need not be replayed to look at it. */
	const int flags = EXT2_FLAG_64BITS | EXT2_FLAG_SOFTSUPP_FEATURES |
			  EXT2_FLAG_IGNORE_CSUM_ERRORS;
	struct ext2 *e = arena_alloc(arena, sizeof(*e));
	errcode_t code;

	if (!e)
		return error_nomem();
	TRY(dynlib_load(&library));
	opening = image;
	code = call_open("memory", flags, 0, 0, &manager, &e->fs);
	if (code)
		return failed(code, "the superblock");
	*ret_fs = e;
	return NULL;
}

static void ext2_close(void *context)
{
	call_free(((struct ext2 *)context)->fs);
}

static uint64_t ext2_root(void *context)
{
	return EXT2_ROOT_INO;
}

/* As the kernel: the old form where it is not 0, else the new one. */
static void set_device(const struct ext2_inode *inode, struct ramdisk_inode *ret)
{
	uint32_t old = inode->i_block[0], new = inode->i_block[1];

	ret->major = old ? old >> 8 & 0xff : new >> 8 & 0xfff;
	ret->minor = old ? old & 0xff : (new & 0xff) | (new >> 12 & 0xfff00);
}

static struct kimg_error *ext2_inode(void *context, uint64_t number, struct ramdisk_inode *ret)
{
	struct ext2 *e = context;
	struct ext2_inode inode;
	errcode_t code = call_read_inode(e->fs, number, &inode);

	if (code)
		return failed(code, "an inode");
	*ret = (struct ramdisk_inode){
		.mode = inode.i_mode,
		.uid = inode.i_uid | (uint32_t)inode.osd2.linux2.l_i_uid_high << 16,
		.gid = inode.i_gid | (uint32_t)inode.osd2.linux2.l_i_gid_high << 16,
		.nlink = inode.i_links_count,
		.mtime = (int32_t)inode.i_mtime,
		.size = EXT2_I_SIZE(&inode),
	};
	if (S_ISCHR(ret->mode) || S_ISBLK(ret->mode))
		set_device(&inode, ret);
	return NULL;
}

struct listing {
	struct ramdisk_walk *walk;
	struct kimg_error *error;
};

static int found(struct ext2_dir_entry *entry, int offset, int blocksize, char *buffer,
		 void *context)
{
	struct listing *listing = context;

	listing->error = ramdisk_found(listing->walk, span_of(entry->name, entry->name_len & 0xff),
				       entry->inode);
	return listing->error ? DIRENT_ABORT : 0;
}

static struct kimg_error *ext2_list(void *context, uint64_t number, struct ramdisk_walk *walk)
{
	struct ext2 *e = context;
	struct listing listing = { .walk = walk };
	errcode_t code = call_dir_iterate(e->fs, number, 0, NULL, found, &listing);

	if (listing.error)
		return listing.error;
	return code ? failed(code, "a folder") : NULL;
}

/* Targets of less than 60 bytes stand in the inode, where no block is taken. */
static bool is_in_inode(const struct ext2_inode *inode)
{
	return S_ISLNK(inode->i_mode) && inode->i_size < sizeof(inode->i_block) &&
	       !(inode->i_flags & (EXT4_EXTENTS_FL | EXT4_INLINE_DATA_FL));
}

static struct kimg_error *read_file(struct ext2 *e, uint64_t number, struct blob *out,
				    uint64_t size)
{
	ext2_file_t file;
	errcode_t code = call_file_open(e->fs, number, 0, &file);
	unsigned int got = 1;

	while (!code && size && got) {
		unsigned int want = size < 1 << 20 ? size : 1 << 20;

		code = call_file_read(file, out->p + out->n, want, &got);
		out->n += got;
		size -= got < size ? got : size;
	}
	call_file_close(file);
	return code ? failed(code, "a file") : NULL;
}

static struct kimg_error *ext2_read(void *context, uint64_t number, struct blob *out, uint64_t size)
{
	struct ext2 *e = context;
	struct ext2_inode inode;
	errcode_t code = call_read_inode(e->fs, number, &inode);

	if (code)
		return failed(code, "an inode");
	if (is_in_inode(&inode)) {
		ramdisk_put(out, span_clip(span_of(inode.i_block, sizeof(inode.i_block)), 0, size));
		return NULL;
	}
	return read_file(e, number, out, size);
}

const struct ramdisk_driver ramdisk_ext2 = {
	.name = "ext2",
	.open = ext2_open,
	.root = ext2_root,
	.inode = ext2_inode,
	.list = ext2_list,
	.read = ext2_read,
	.close = ext2_close,
};
