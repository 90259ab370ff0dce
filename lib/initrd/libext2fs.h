/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INITRD_LIBEXT2FS_H
#define INITRD_LIBEXT2FS_H

#include <ext2fs/ext2fs.h>

#include "base/error.h"

/* What we call of libext2fs, through pointers: it is loaded on first use. */
#define LIBEXT2FS_FUNCTIONS(X)       \
	X(ext2fs_allocate_tables)    \
	X(ext2fs_close_free)         \
	X(ext2fs_expand_dir)         \
	X(ext2fs_file_close)         \
	X(ext2fs_file_open)          \
	X(ext2fs_file_write)         \
	X(ext2fs_initialize)         \
	X(ext2fs_inode_alloc_stats2) \
	X(ext2fs_link)               \
	X(ext2fs_mkdir)              \
	X(ext2fs_new_inode)          \
	X(ext2fs_read_inode)         \
	X(ext2fs_symlink)            \
	X(ext2fs_write_inode)        \
	X(ext2fs_write_new_inode)    \
	X(unix_io_manager)

#define LIBEXT2FS_POINTER(name) __typeof__(&name) name;

struct libext2fs {
	LIBEXT2FS_FUNCTIONS(LIBEXT2FS_POINTER)
};

/* Loads the library, once. KIMG_E_UNSUPPORTED where it is not installed; then there is no *ret. */
struct kimg_error *libext2fs_load(const struct libext2fs **ret) must_check;

/* What a call returned, as an error; NULL for 0. */
struct kimg_error *libext2fs_error(errcode_t code, const char *what) must_check;

#endif
