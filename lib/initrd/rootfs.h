/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INITRD_ROOTFS_H
#define INITRD_ROOTFS_H

#include <limits.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/span.h"
#include "kimg/initrd.h"

/*
 * The tree that the kernel makes of the entries of an initrd, one after another, with the calls that it would make and
 * what they would say: an entry whose folder is not there is lost, a link on the way to a folder is followed (inside of
 * the tree, as everything is), and a later entry takes the place of an earlier one, or not. Names and bytes are those
 * of the entries, whose memory must outlive the tree.
 */

/* An inode. */
struct rootfs_file {
	uint32_t mode; /* with the type */
	uint32_t uid, gid;
	uint32_t rdev_major, rdev_minor;
	int64_t mtime;
	uint64_t size;
	struct span data;   /* of a regular file; what size has more are zeroes */
	struct span target; /* of a symbolic link */
	uint64_t inode;     /* of an old ramdisk, whose data is read when it is asked for; else 0 */
	struct rootfs_node
		*names; /* by next_name: one, more with hard links, none once all are gone */
};

enum rootfs_made { MADE_NOT, MADE_NEW, MADE_BEFORE /* a folder that was there */ };

/* A name in a folder. */
struct rootfs_node {
	struct rootfs_node *parent; /* NULL: the root */
	struct span name;
	struct rootfs_file *file;
	struct rootfs_node *first,
		*last; /* of a folder: what is in it, in the order that it came */
	struct rootfs_node *next, *previous; /* in the folder */
	struct rootfs_node *next_name;       /* of the file */
	struct rootfs_node *chain;           /* in the table */
	uint64_t hash;
	bool own; /* the kernel made it before it looked at the initrd: /dev, /dev/console, /root */
	bool gone;             /* it was removed, and is in no folder */
	enum rootfs_made made; /* for who makes it anew somewhere */
};

struct rootfs_link;

struct rootfs {
	struct arena arena;
	struct rootfs_node *root;
	struct rootfs_node **table;
	size_t buckets, count;
	struct rootfs_link **links, *all_links;
	size_t link_buckets, link_count;
	uint64_t seed;
	uint64_t memory, memory_most;
	uint64_t steps; /* links followed, and names on their way: bounded for the whole initrd */
};

/* memory is what it may take. own: with what the kernel makes before it looks at an initrd. */
struct kimg_error *rootfs_init(struct rootfs *fs, uint64_t memory, bool own) must_check;
void rootfs_done(struct rootfs *fs);

/* What an entry changed. */
struct rootfs_change {
	struct rootfs_node *removed; /* this name went away first, or NULL */
	struct rootfs_node *node;    /* the name that it is about, or NULL where it has no effect */
	bool made;                   /* node is new, with a file of its own */
	bool linked;                 /* node is new, for a file that was there */
	bool written;                /* the data of node's file is another now */
};

/*
 * Does what the kernel does for entry, whose data is data, and sets its effect, why and first. devno is that of the file
 * system that it was on, as the archive says: hard links are told by it and the inode.
 */
struct kimg_error *rootfs_add(struct rootfs *fs, struct kimg_initrd_entry *entry, struct span data,
			      const uint32_t devno[2], struct rootfs_change *ret_change) must_check;

/* A trailer: hard links are forgotten. */
void rootfs_forget_links(struct rootfs *fs);

/* The kernel's view of path; links are followed, the last one too where follow says so. NULL where there is nothing. */
struct rootfs_node *rootfs_find(struct rootfs *fs, struct span path, bool follow);

/* Longer paths, to which only links lead, nobody can name (PATH_MAX). */
#define ROOTFS_PATH 4096

/* The path of node, without a slash in front, somewhere in path; "." for the root. NULL where it is too long. */
const char *rootfs_path(const struct rootfs_node *node, char path[ROOTFS_PATH]);

/* The name of node alone, with a NUL: no longer than NAME_MAX, or it would not have been made. */
const char *rootfs_name(const struct rootfs_node *node, char name[NAME_MAX + 1]);

/* Another name of the same file that is made already, or NULL. */
const struct rootfs_node *rootfs_other_name(const struct rootfs_node *node);

/* The node after node in the whole tree, a folder before what is in it; NULL after the last one. */
struct rootfs_node *rootfs_walk(const struct rootfs_node *node);

#endif
