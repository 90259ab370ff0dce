/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INITRD_RAMDISK_H
#define INITRD_RAMDISK_H

#include "base/arena.h"
#include "base/error.h"
#include "base/span.h"
#include "io/blob.h"
#include "kimg/limits.h"

/*
 * Old ramdisks: the image of a file system. Each driver reads one, in its own file, and knows nothing of trees: who walks
 * (ramdisk.c) sees to cycles and to what it may cost.
 */
struct ramdisk_inode {
	uint32_t mode, uid, gid, nlink, major, minor;
	int64_t mtime;
	uint64_t size; /* of a file, or of the target of a link */
};

struct ramdisk_walk;

struct ramdisk_driver {
	const char *name; /* of the format */
	/* arena lives as long as what is opened. */
	struct kimg_error *(*open)(struct span image, const struct kimg_limits *limits,
				   struct arena *arena, void **ret_fs);
	uint64_t (*root)(void *fs);
	struct kimg_error *(*inode)(void *fs, uint64_t number, struct ramdisk_inode *ret);
	/* Calls ramdisk_found() for each name in a folder; "." and ".." do no harm. Bounded by the bytes of the image. */
	struct kimg_error *(*list)(void *fs, uint64_t number, struct ramdisk_walk *walk);
	/* Appends the bytes of a file or of the target of a link to out, which has room for all of size. */
	struct kimg_error *(*read)(void *fs, uint64_t number, struct blob *out, uint64_t size);
	void (*close)(void *fs); /* may be NULL */
};

extern const struct ramdisk_driver ramdisk_cramfs, ramdisk_ext2, ramdisk_minix, ramdisk_romfs,
	ramdisk_squashfs;

/* A name in the folder that is being listed. Names that are none are passed over. */
struct kimg_error *ramdisk_found(struct ramdisk_walk *walk, struct span name,
				 uint64_t number) must_check;

/* What the readers share: appends bytes, or zeroes, to out; what there is no room for is left out. */
void ramdisk_put(struct blob *out, struct span bytes);
void ramdisk_put_zeroes(struct blob *out, uint64_t n);

#endif
