/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FORMAT_CPIO_H
#define FORMAT_CPIO_H

#include "base/error.h"
#include "base/span.h"

/*
 * Reads the headers of a cpio archive one after another, without touching what is between them.
 * The kernel unpacks newc and crc alone (Documentation/driver-api/early-userspace/buffer-format.rst, 6.12).
 */
enum cpio_variant { CPIO_NEWC, CPIO_CRC, CPIO_ODC, CPIO_BINARY_LE, CPIO_BINARY_BE };

struct cpio_entry {
	uint64_t offset; /* of the header; this and the others from the start of the archive */
	struct span name;
	struct span data;
	uint32_t ino;
	uint32_t mode;
	uint32_t uid;
	uint32_t gid;
	uint32_t nlink;
	uint32_t mtime;
	uint32_t rdev_major;
	uint32_t rdev_minor;
	uint32_t check; /* crc: the sum of all bytes of data */
	bool trailer;   /* the end of the archive: no member */
};

struct cpio {
	struct span s;
	enum cpio_variant variant;
	uint64_t at; /* where the next header starts */
};

/* "newc", "crc", ... */
const char *cpio_variant_name(enum cpio_variant variant);

/* How many bits of the first header verified; 0 where no archive starts there. */
int cpio_probe(struct span s);

/* Starts at the first header of s; false where there is none. */
bool cpio_init(struct cpio *cpio, struct span s);

/*
 * The next header. *ret_more is false, with nothing in *ret_entry, where the bytes end or only zeroes follow:
 * an archive may lack its trailer. KIMG_E_TRUNCATED, KIMG_E_CORRUPT.
 */
struct kimg_error *cpio_next(struct cpio *cpio, struct cpio_entry *ret_entry,
			     bool *ret_more) must_check;

/* Where the first byte that is no zero stands in s, at or after offset. */
uint64_t cpio_skip_zeroes(struct span s, uint64_t offset);

#endif
