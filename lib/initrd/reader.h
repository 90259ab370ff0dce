/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INITRD_READER_H
#define INITRD_READER_H

#include "base/arena.h"
#include "base/error.h"
#include "base/span.h"
#include "initrd/arrival.h"
#include "initrd/rootfs.h"
#include "io/blob.h"
#include "kimg/image.h"
#include "kimg/initrd.h"

/* The inside of what is read: for the files of lib/initrd that do so. */

/* One archive. What it is decoded into stays as long as the initrd: entries point into it. */
struct segment {
	struct kimg_initrd_segment about;
	struct arrival arrival; /* where it is compressed */
	struct segment *next;
};

struct kimg_initrd {
	struct kimg_limits limits;
	struct blob file;         /* of kimg_initrd_open() */
	struct kimg_image *image; /* that it is a part of, or NULL */
	struct arena arena;       /* segments, notes, targets of links */
	struct span bytes;        /* the initrd */
	uint64_t at;              /* in it, behind what was read */
	uint64_t decoded;         /* bytes of all segments */
	bool behind_archive; /* a plain archive came before at: what follows starts at a multiple of 4 */
	bool own_thread; /* streams are decoded by a thread of their own */
	bool ended;      /* nothing more comes: the end, or an error */

	struct segment *segments;
	const struct kimg_initrd_segment **list; /* the same, for callers */
	size_t count;

	/* what is walked */
	struct segment *segment, *previous; /* segment NULL: between two, behind previous */
	struct span space; /* what its offsets count in: the initrd, or what was decoded yet */
	bool whole;        /* all of space is there */
	uint64_t cursor;   /* behind the last entry, in space */
	struct kimg_error *broken; /* what the next step returns */

	struct ramdisk_walk *ramdisk; /* of an old ramdisk: where its files come from; else NULL */
	struct blob unpacked;         /* the file system, where it was compressed */

	struct rootfs rootfs;
	struct kimg_initrd_entry entry;
	struct span data;  /* of the entry */
	uint32_t devno[2]; /* the file system that it was on */
	struct rootfs_change change;

	struct kimg_note *notes, *last_note;
	size_t note_count;
};

/* ---- open.c ---- */

void initrd_note(struct kimg_initrd *initrd, bool bad, const char *format, ...) printf_like(3, 4);

/* The next entry, with initrd->change; *ret_got is false behind the last one. */
struct kimg_error *initrd_next(struct kimg_initrd *initrd, bool *ret_got) must_check;

/* Back to the first entry. What was decoded stays. */
struct kimg_error *initrd_rewind(struct kimg_initrd *initrd) must_check;

/* The bytes of a file of the tree, until the next call. */
struct kimg_error *initrd_file_data(struct kimg_initrd *initrd, const struct rootfs_file *file,
				    struct span *ret_data) must_check;

/* Reads to the end, so that the tree is whole. */
struct kimg_error *initrd_read_all(struct kimg_initrd *initrd) must_check;

/* ---- find.c ---- */

/* Sets the bytes of the initrd: file itself, or the part of it of that name, or the only one. */
struct kimg_error *initrd_find_bytes(struct kimg_initrd *initrd, struct span file,
				     const char *part) must_check;

/* Whether the format of that name (n bytes) is a file system that serves as an old ramdisk. */
bool initrd_is_ramdisk(const char *name, size_t n);

/* ---- ramdisk.c ---- */

struct ramdisk_walk;

/* Sets initrd->ramdisk where its bytes are the image of a file system, maybe a compressed one. */
struct kimg_error *ramdisk_open(struct kimg_initrd *initrd) must_check;
void ramdisk_close(struct ramdisk_walk *walk);
struct kimg_error *ramdisk_next(struct ramdisk_walk *walk, bool *ret_got) must_check;
struct kimg_error *ramdisk_rewind(struct ramdisk_walk *walk) must_check;
struct kimg_error *ramdisk_data(struct ramdisk_walk *walk, const struct rootfs_file *file,
				struct span *ret_data) must_check;
const struct kimg_initrd_segment *const *ramdisk_segments(const struct ramdisk_walk *walk);

/* ---- segments.c ---- */

/* Finds and opens the next segment; segment stays NULL where none is left. */
struct kimg_error *segment_next(struct kimg_initrd *initrd) must_check;

/* Whether the segment that is walked has bytes up to end; waits for them. */
bool segment_reach(struct kimg_initrd *initrd, uint64_t end);

/* Nothing more comes of the segment. The error is what its stream ended with. */
struct kimg_error *segment_end(struct kimg_initrd *initrd) must_check;

/* ---- archive.c ---- */

/* The next entry of the segment into initrd->entry; *ret_got is false, and the segment over, behind its last one. */
struct kimg_error *archive_next(struct kimg_initrd *initrd, bool *ret_got) must_check;

#endif
