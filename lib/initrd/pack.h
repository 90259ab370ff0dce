/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INITRD_PACK_H
#define INITRD_PACK_H

#include "codec/codec.h"
#include "initrd/content.h"
#include "io/outfile.h"

/* How an image is packed. All zeroes: one archive, not compressed. */
struct pack_options {
	const struct codec *codec; /* NULL: not compressed */
	unsigned int level;        /* 0: the usual one for an initrd */
	unsigned int threads; /* 0: one for each CPU that there is; the bytes are always the same */
	uint32_t mtime;
	/* Told now and then how much of all is done; by one thread at a time. May be NULL. */
	void (*progress)(void *context, uint64_t done, uint64_t total);
	void *context;
};

/*
 * Writes content as the kernel unpacks it: in one piece where nothing is compressed; else an archive that is not
 * compressed, with microcode first and what is compressed already, and one that is, with all else.
 */
struct kimg_error *pack_content(struct content *content, const struct pack_options *options,
				struct outfile *out) must_check;

/* The same as the image of an ext2 file system. KIMG_E_UNSUPPORTED where libext2fs is not installed. */
struct kimg_error *pack_ext2(struct content *content, const struct pack_options *options,
			     struct outfile *out) must_check;

/* The level that is usual for an initrd. */
unsigned int pack_usual_level(const struct codec *codec);

#endif
