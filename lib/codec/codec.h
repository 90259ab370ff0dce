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

/* The filter for machine code that xz puts before LZMA2; the architectures of the kernel. */
enum codec_bcj {
	CODEC_BCJ_NONE,
	CODEC_BCJ_X86,
	CODEC_BCJ_ARM,
	CODEC_BCJ_POWERPC,
	CODEC_BCJ_IA64,
	CODEC_BCJ_SPARC,
};

/* How to encode. All zeroes: as the kernel's own build does for an architecture without a filter. */
struct codec_options {
	enum codec_bcj bcj; /* xz alone */
	/*
	 * How hard to try, as the codec's own command counts: 1 to 9, lz4 to 12, zstd to 22. 0: as the
	 * kernel's build does, which is the most, but for xz (6 with a dictionary of 32 MiB) and lz4 (9).
	 */
	unsigned int level;
	bool one_shot; /* zstd: by no thread beside the caller's, and with the size of the content */
};

/* Where encoded bytes go, piece by piece. An error of write ends the encoding, and is handed up. */
struct codec_sink {
	struct kimg_error *(*write)(struct codec_sink *sink, struct span bytes);
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
 * encode   encodes in as one stream into sink (see codec_encode()).
 */
struct codec {
	const char *name;   /* "gzip": the word users see */
	const char *suffix; /* ".gz" */
	bool skippable;     /* frames that mean nothing may follow a stream */
	int (*probe)(struct span in);
	struct kimg_error *(*inspect)(struct span in, struct codec_info *ret_info);
	struct kimg_error *(*decode)(struct span in, size_t expected,
				     const struct kimg_limits *limits, struct blob *out,
				     size_t *ret_consumed);
	struct kimg_error *(*peek)(struct span in, const struct kimg_limits *limits,
				   uint8_t *buffer, size_t size, size_t *ret_n);
	struct kimg_error *(*encode)(struct span in, const struct codec_options *options,
				     struct codec_sink *sink);
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

/*
 * The same for one stream alone, into out, which the caller initialised: blob_init() with the most that it may hold. An
 * error leaves in out what it pleases; but what out->grew was told of is sound. (gzip and bzip2 tell nothing.)
 */
struct kimg_error *codec_decode_stream(const struct codec *codec, struct span in,
				       const struct kimg_limits *limits, struct blob *out,
				       size_t *ret_consumed) must_check;

/*
 * Encodes in as one stream into sink, byte for byte as the codec's command does from a pipe, where the
 * versions of the library and the command are the same; but gzip, whose own deflate is not zlib's, and the
 * time in the header of lzo, which is 0. options may be NULL for those of the kernel's build.
 *
 * What it takes beside the sink does not depend on the input: about 1 MB for gzip, lz4 and lzo, 8 MB for
 * bzip2, 370 MB for xz, 670 MB for lzma and 750 MB for zstd at the levels of the kernel's build. It is no part of
 * any limit, since no input controls it. KIMG_E_INVALID for a level that the codec does not have.
 */
struct kimg_error *codec_encode(const struct codec *codec, struct span in,
				const struct codec_options *options,
				struct codec_sink *sink) must_check;

/* The same into a blob, which may grow up to its max (KIMG_E_LIMIT past that). */
struct kimg_error *codec_encode_blob(const struct codec *codec, struct span in,
				     const struct codec_options *options,
				     struct blob *blob) must_check;

/* The same, and only tells how many bytes come out. */
struct kimg_error *codec_encoded_size(const struct codec *codec, struct span in,
				      const struct codec_options *options,
				      uint64_t *ret_size) must_check;

/* The filter that the kernel's build takes for a machine (EM_...) of ELF. */
enum codec_bcj codec_bcj_of_machine(uint16_t machine);

#endif
