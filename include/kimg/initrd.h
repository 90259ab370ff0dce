/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KIMG_INITRD_H
#define KIMG_INITRD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kimg/error.h"
#include "kimg/limits.h"
#include "kimg/part.h"

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

/*
 * Reading an initial RAM disk as the kernel does: segment after segment of the buffer format
 * (Documentation/driver-api/early-userspace/buffer-format.rst, 6.12), or the image of a file system that serves as
 * an old ramdisk. Whatever image it is in: a file of its own, a kernel that has one built in, a UKI, a FIT, an
 * Android boot image, a uImage of several files.
 */
struct kimg_initrd;

struct kimg_initrd_options {
	struct kimg_limits limits;
	const char *
		part; /* of an image that holds several, as kimg_image_find() takes it; NULL: the only one */
};

#define KIMG_INITRD_OPTIONS_DEFAULT ((struct kimg_initrd_options){ .limits = KIMG_LIMITS_DEFAULT })

/* One archive, or the one file system. Numbers that are not known before it was read are 0 until then. */
struct kimg_initrd_segment {
	size_t index;
	const char *format; /* "newc", "crc", "ext2", "cramfs", "romfs", "squashfs", "minix" */
	const char *codec;  /* "zstd", ...; NULL where it is not compressed */
	bool early;         /* holds kernel/...: the kernel reads it before it unpacks anything */
	bool trailer;       /* TRAILER!!! ends it */
	uint64_t offset;    /* in the initrd */
	uint64_t stored;    /* bytes that it takes there, without zeroes before and behind it */
	uint64_t size;      /* after decoding */
	uint64_t entries;
};

/* What the kernel makes of an entry (init/initramfs.c, 6.12). */
enum kimg_initrd_effect {
	KIMG_INITRD_MADE, /* it stands in the tree afterwards, unless a later one takes its place */
	KIMG_INITRD_SKIPPED, /* the kernel passes over it: an empty or long name, an unknown type, ... */
	KIMG_INITRD_LINKED, /* it became another name of an earlier entry's file */
};

/*
 * An entry, in the order of the file. What it points to belongs to the initrd and holds until the next call of
 * kimg_initrd_next().
 */
struct kimg_initrd_entry {
	const struct kimg_initrd_segment *segment;
	const char *
		name; /* as stored, with a NUL behind it that name_size does not count; maybe not UTF-8 */
	size_t name_size;
	const char *target; /* of a symbolic link, likewise; else NULL */
	size_t target_size;
	const char *first; /* LINKED: the name of the entry that it is another name of; else NULL */
	uint64_t offset; /* of its header, in the decoded segment; of a file system: the inode's number */
	uint64_t size; /* bytes of a regular file, or of the target of a link */
	uint32_t mode; /* as st_mode: type and permissions */
	uint32_t uid, gid;
	uint32_t nlink;
	uint32_t ino;
	int64_t mtime; /* seconds since 1970 */
	uint32_t rdev_major, rdev_minor;
	enum kimg_initrd_effect effect;
	const char *why; /* SKIPPED: the reason; else NULL */
};

/*
 * Opens what is at path ("-": standard input). options may be NULL. Errors: KIMG_E_IO, KIMG_E_LIMIT, KIMG_E_NOMEM;
 * KIMG_E_NOT_FOUND where there is no initrd in it, KIMG_E_AMBIGUOUS where there are several and options->part names
 * none (the message lists them).
 */
struct kimg_error *kimg_initrd_open(const char *path, const struct kimg_initrd_options *options,
				    struct kimg_initrd **ret_initrd);

/* The same for bytes in memory, which the caller keeps until kimg_initrd_free(). */
struct kimg_error *kimg_initrd_open_bytes(const void *bytes, size_t size,
					  const struct kimg_initrd_options *options,
					  struct kimg_initrd **ret_initrd);

/* NULL is fine. */
void kimg_initrd_free(struct kimg_initrd *initrd);

/*
 * The next entry; *ret_entry is NULL behind the last one. An error is where the kernel stops unpacking too; what came
 * before it stays good. Segments are decoded one at a time, when the first entry of each is asked for.
 */
struct kimg_error *kimg_initrd_next(struct kimg_initrd *initrd,
				    const struct kimg_initrd_entry **ret_entry);

/*
 * The bytes of a regular file, the entry that kimg_initrd_next() gave last; of one that is LINKED, those of its first
 * name. They hold until the next call. Only old ramdisks read anything for it.
 */
struct kimg_error *kimg_initrd_data(struct kimg_initrd *initrd, const void **ret_bytes,
				    size_t *ret_size);

/*
 * What stands at path once the kernel has unpacked all: the last one of that name, links followed as the kernel follows
 * them, and never out of the initrd. Reads to the end; kimg_initrd_data() has its bytes then, and *ret_entry its own
 * path. What an initrd that is damaged holds up to there is found, too. KIMG_E_NOT_FOUND, and what kimg_initrd_next()
 * says.
 */
struct kimg_error *kimg_initrd_find(struct kimg_initrd *initrd, const char *path,
				    const struct kimg_initrd_entry **ret_entry);

/* The segments met so far, in order; all of them once kimg_initrd_next() gave NULL. Valid until the next call. */
const struct kimg_initrd_segment *const *kimg_initrd_segments(const struct kimg_initrd *initrd,
							      size_t *ret_count);

/*
 * What is wrong or odd about what was read so far, in words that name the segment and the entry; bad where the kernel
 * would not unpack it as it stands.
 */
const struct kimg_note *kimg_initrd_notes(const struct kimg_initrd *initrd);

/* ---- taking it apart ---- */

struct kimg_initrd_extract_options {
	const char *folder; /* made where there is none; nothing outside it is ever written to */
	const char *const *patterns; /* as kimg_initrd_matches(), ended by NULL; NULL: everything */
	bool devices;                /* make device nodes: needs root */
	bool owners;                 /* keep uid and gid: needs root */
	bool special_bits;           /* keep setuid, setgid and sticky bits */
	bool force; /* files that were there before are replaced; else they are KIMG_E_IO (EEXIST) */
	/* Told of each name as it is made; and of what was left out, with the reason. May be NULL. */
	void (*made)(void *context, const struct kimg_initrd_entry *entry);
	void (*left_out)(void *context, const struct kimg_initrd_entry *entry, const char *why);
	void *context;
};

/*
 * Makes the tree that the kernel would see below options->folder: from the first entry to the last, whatever was read
 * before. Hard links, mtimes and holes are kept. Names that would lead outside ("..", through a link) are refused as
 * the kernel's own root would contain them: below the folder, with links in the tree never followed.
 */
struct kimg_error *kimg_initrd_extract(struct kimg_initrd *initrd,
				       const struct kimg_initrd_extract_options *options);

/*
 * Writes that tree to the descriptor fd as a tar archive in the pax format, with owners, devices and all; but sockets,
 * which tar does not know. patterns as above. What was read before an error is written.
 */
struct kimg_error *kimg_initrd_tar(struct kimg_initrd *initrd, int fd, const char *const *patterns);

/*
 * Whether name, without leading "/" and "./", matches a shell pattern, or lies below a folder that does. A star takes
 * slashes, too. A pattern that asks for more memory than there is matches nothing.
 */
bool kimg_initrd_matches(const char *name, const char *pattern);

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop
#endif
