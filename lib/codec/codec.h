/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CODEC_CODEC_H
#define CODEC_CODEC_H

#include "base/error.h"
#include "base/span.h"
#include "io/blob.h"
#include "kimg/limits.h"

/* What the header of a compressed stream says, without decoding it. */
struct codec_info {
	const char *variant; /* "legacy" or "frame" for lz4, else NULL */
	const char *check;   /* the integrity check: "crc32", "xxh64", ..., or NULL */
	char filters[96];    /* xz: "x86,lzma2", else "" */
	bool has_content_size;
	uint64_t content_size; /* bytes after decoding, as the header says */
	uint64_t window;       /* dictionary or window in bytes; 0 where the codec has none */
};

/*
 * One codec: a const object in its own file, listed in codec.c.
 *
 * probe    how many bits of the start of in it verified; 0 where in is not of this codec.
 * inspect  reads the header; what it cannot tell stays zero.
 * decode   decodes one stream at the start of in and appends to out (see codec_decode()). expected is
 *          the exact size of the output where somebody knows it, else 0. *ret_consumed is how many
 *          bytes of in the stream took.
 * peek     decodes up to size bytes from the start of a stream, which may be cut short, into buffer, as
 *          cheaply as the codec can. It fails only where nothing comes out; what does is not verified.
 */
struct codec {
	const char *name;   /* "gzip": the word users see */
	const char *suffix; /* ".gz" */
	int (*probe)(struct span in);
	struct kimg_error *(*inspect)(struct span in, struct codec_info *ret_info);
	struct kimg_error *(*decode)(struct span in, size_t expected,
				     const struct kimg_limits *limits, struct blob *out,
				     size_t *ret_consumed);
	struct kimg_error *(*peek)(struct span in, const struct kimg_limits *limits,
				   uint8_t *buffer, size_t size, size_t *ret_n);
};

extern const struct codec codec_gzip, codec_bzip2, codec_lzma, codec_xz, codec_lzo, codec_lz4,
	codec_zstd;

/* All codecs; ends with NULL. */
extern const struct codec *const codec_all[];

/* The codec by its name, or NULL. */
const struct codec *codec_by_name(const char *name);

/* The codec that recognises the start of in, or NULL; *ret_bits (may be NULL) is what it verified. */
const struct codec *codec_detect(struct span in, int *ret_bits);

/*
 * Where the next stream of some codec may start in s, from *at on, looking at every step-th place. Sets *at
 * and returns the codec, or NULL. Most hits in other data are false: decode to know.
 */
const struct codec *codec_next(struct span s, size_t *at, size_t step);

/*
 * Decodes the streams of one codec that stand one after another at the start of in, as the codec's own
 * command does, into ret_out, which the caller releases.
 *
 * expected: the exact size of the output, from a size word or a header; 0 where it is not known. With
 * it the output is decoded in one shot into a buffer of that size, and any other size is
 * KIMG_E_MISMATCH; once it is complete no further stream is looked at. The output is never over
 * limits->output: KIMG_E_LIMIT. *ret_consumed is how many bytes of in the streams took; what follows
 * them may be anything.
 *
 * An lz4 legacy frame has no end mark: without expected, one that is cut off between two of its 8 MiB
 * blocks decodes like a whole one.
 */
struct kimg_error *codec_decode(const struct codec *codec, struct span in, uint64_t expected,
				const struct kimg_limits *limits, struct blob *ret_out,
				size_t *ret_consumed) must_check;

#endif
