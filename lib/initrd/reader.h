/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INITRD_READER_H
#define INITRD_READER_H

#include "base/arena.h"
#include "base/error.h"
#include "base/span.h"
#include "codec/codec.h"
#include "io/blob.h"
#include "kimg/image.h"
#include "kimg/initrd.h"

/* The inside of what is read: for the files of lib/initrd that do so. */

/* One archive. What it was decoded into stays as long as the initrd: entries point into it. */
struct segment {
	struct kimg_initrd_segment about;
	struct blob decoded;
	struct segment *next;
};

struct kimg_initrd {
	struct kimg_limits limits;
	struct blob file;   /* of kimg_initrd_open() */
	struct arena arena; /* segments, notes */
	struct span bytes;  /* the initrd */
	uint64_t at;        /* in it, behind what was read */
	uint64_t decoded;   /* bytes of all segments */
	bool behind_archive; /* a plain archive came before at: what follows starts at a multiple of 4 */
	bool ended;          /* nothing more comes: the end, or an error */

	struct segment *segments, **last_segment;
	const struct kimg_initrd_segment **list; /* the same, for callers */
	size_t count;

	/* what is walked */
	struct segment *segment;   /* NULL: between two */
	struct span space;         /* what its offsets count in: bytes, or what was decoded */
	uint64_t cursor;           /* behind the last entry, in space */
	struct kimg_error *broken; /* what stopped the decoder at the end of space */

	struct kimg_initrd_entry entry;
	struct span data; /* of the entry */

	struct kimg_note *notes, *last_note;
};

/* ---- segments.c ---- */

/* Finds and opens the next segment; segment stays NULL where none is left. */
struct kimg_error *segment_next(struct kimg_initrd *initrd) must_check;

/* The segment is over: at stands behind it. */
void segment_end(struct kimg_initrd *initrd);

/* ---- archive.c ---- */

/* The next entry of the segment into initrd->entry; *ret_got is false, and the segment over, behind its last one. */
struct kimg_error *archive_next(struct kimg_initrd *initrd, bool *ret_got) must_check;

/* ---- open.c ---- */

void initrd_note(struct kimg_initrd *initrd, bool bad, const char *format, ...) printf_like(3, 4);

#endif
