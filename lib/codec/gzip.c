/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gzip: RFC 1952 around deflate, RFC 1951.
 *
 *	0	1f 8b		magic
 *	2	u8		method: 8, deflate
 *	3	u8		flags: 0x01 text, 0x02 header CRC, 0x04 extra field, 0x08 name, 0x10
 *				comment; 0x20, 0x40 and 0x80 are reserved and zero
 *	4	le32		time
 *	8	u8		how hard the compressor tried
 *	9	u8		operating system
 *	10			where the flags say so: le16 length and extra field; name and NUL; comment
 *				and NUL; le16 low half of the header's CRC-32
 *	...			deflate blocks
 *	n-8	le32		CRC-32 of the output
 *	n-4	le32		ISIZE: size of the output, modulo 2^32
 *
 * The kernel's images hold one member (scripts/Makefile.lib, cmd_gzip). Their appended size word is
 * ISIZE itself.
 */
#include <libdeflate.h>
#include <limits.h>
#include <zlib.h>

#include "codec/driver.h"

#define MAGIC_BITS 27 /* magic, method, and three reserved bits */

/* A match of 258 bytes takes two bits at least, so a byte makes no more than this. */
#define DEFLATE_RATIO 1032

static void free_decompressor(struct libdeflate_decompressor **d)
{
	libdeflate_free_decompressor(*d);
}

static void inflate_done(z_stream *z)
{
	inflateEnd(z);
}

static int gzip_probe(struct span in)
{
	if (!span_starts(in, SPAN_LITERAL("\x1f\x8b\x08")) || in.n < 4 || in.p[3] & 0xe0)
		return 0;
	return MAGIC_BITS;
}

static struct kimg_error *gzip_inspect(struct span in, struct codec_info *ret_info)
{
	if (!gzip_probe(in))
		return error_at(KIMG_E_CORRUPT, 0, "no gzip header");
	*ret_info = (struct codec_info){ .check = "crc32", .window = 32768 };
	return NULL;
}

static struct kimg_error *inflate_error(int result, const z_stream *z)
{
	switch (result) {
	case Z_BUF_ERROR:
		return error_at(KIMG_E_TRUNCATED, z->total_in, "the stream is cut short");
	case Z_MEM_ERROR:
		return error_nomem();
	case Z_NEED_DICT:
		return error_at(KIMG_E_UNSUPPORTED, z->total_in, "needs a dictionary");
	default:
		return error_at(KIMG_E_CORRUPT, z->total_in, "%s",
				z->msg ? z->msg : "the stream is damaged");
	}
}

/*
 * Inflates into buffer, round and round where wrap is set, until the stream ends, buffer is full, or
 * something is wrong. *ret_n is the number of bytes of the (last) round.
 */
static struct kimg_error *inflate_into(struct span in, uint8_t *buffer, size_t size, bool wrap,
				       size_t *ret_n)
{
	cleanup(inflate_done) z_stream z = { 0 };
	int result = inflateInit2(&z, MAX_WBITS + 16);
	size_t fed = 0;

	*ret_n = 0;
	while (result == Z_OK && (wrap || *ret_n < size)) {
		size_t at = wrap ? 0 : *ret_n;
		size_t room = size - at;

		if (z.avail_in == 0) {
			z.next_in = (uint8_t *)in.p + fed;
			z.avail_in = in.n - fed < UINT_MAX ? in.n - fed : UINT_MAX;
			fed += z.avail_in;
		}
		z.next_out = buffer + at;
		z.avail_out = room < UINT_MAX ? room : UINT_MAX;
		result = inflate(&z, Z_NO_FLUSH);
		*ret_n = z.next_out - buffer;
	}
	if (result == Z_OK || result == Z_STREAM_END)
		return NULL;
	return inflate_error(result, &z);
}

/* libdeflate only says that something is wrong; zlib, slower, says what and where. */
static struct kimg_error *explain(struct span in)
{
	uint8_t scratch[16384];
	struct kimg_error *error;
	size_t n;

	error = inflate_into(in, scratch, sizeof(scratch), true, &n);
	return error ? error : error_new(KIMG_E_CORRUPT, "the stream is damaged");
}

/*
 * libdeflate reads zeroes after the end of its input and says that the output is full before it looks
 * whether it did. Where somebody knows the size that is worth a second look, one byte further.
 */
static struct kimg_error *explain_full(struct span in, size_t expected, struct blob *out)
{
	cleanup_free uint8_t *scratch = expected ? malloc(codec_left(out) + 1) : NULL;
	size_t n;

	if (scratch)
		TRY(inflate_into(in, scratch, codec_left(out) + 1, false, &n));
	return codec_full(out);
}

static struct kimg_error *gzip_decode(struct span in, size_t expected,
				      const struct kimg_limits *limits, struct blob *out,
				      size_t *ret_consumed)
{
	cleanup(free_decompressor) struct libdeflate_decompressor *d = NULL;
	enum libdeflate_result result;
	size_t consumed = 0, n = 0;

	d = libdeflate_alloc_decompressor();
	if (!d)
		return error_nomem();
	TRY(codec_room(out, (uint64_t)in.n * DEFLATE_RATIO));
	result = libdeflate_gzip_decompress_ex(d, in.p, in.n, out->p + out->n, codec_left(out),
					       &consumed, &n);
	if (result == LIBDEFLATE_INSUFFICIENT_SPACE)
		return explain_full(in, expected, out);
	if (result != LIBDEFLATE_SUCCESS)
		return explain(in);
	out->n += n;
	*ret_consumed = consumed;
	return NULL;
}

static struct kimg_error *gzip_peek(struct span in, const struct kimg_limits *limits,
				    uint8_t *buffer, size_t size, size_t *ret_n)
{
	struct kimg_error *error;
	size_t n;

	error = inflate_into(in, buffer, size, false, &n);
	return codec_peeked(error, n, ret_n);
}

/* ---- encoding ---- */

static void deflate_done(z_stream *z)
{
	deflateEnd(z);
}

/*
 * "gzip -n -9" of scripts/Makefile.lib. zlib with its most memory comes within 0.02 % of what gzip's own
 * deflate makes.
 */
static struct kimg_error *gzip_encode(struct span in, const struct codec_options *options,
				      struct codec_sink *sink)
{
	cleanup(deflate_done) z_stream z = { 0 };
	uint8_t piece[CODEC_PIECE];
	unsigned int level;
	size_t fed = 0;
	int result;

	TRY(codec_level(options, 9, 9, &level));
	if (deflateInit2(&z, level, Z_DEFLATED, MAX_WBITS + 16, MAX_MEM_LEVEL,
			 Z_DEFAULT_STRATEGY) != Z_OK)
		return error_nomem();
	do {
		if (z.avail_in == 0) {
			z.next_in = (uint8_t *)in.p + fed;
			z.avail_in = in.n - fed < UINT_MAX ? in.n - fed : UINT_MAX;
			fed += z.avail_in;
		}
		z.next_out = piece;
		z.avail_out = sizeof(piece);
		result = deflate(&z, fed == in.n ? Z_FINISH : Z_NO_FLUSH);
		TRY(codec_put(sink, piece, sizeof(piece) - z.avail_out));
	} while (result == Z_OK);
	return result == Z_STREAM_END ? NULL : error_nomem();
}

const struct codec codec_gzip = {
	.name = "gzip",
	.suffix = ".gz",
	.probe = gzip_probe,
	.inspect = gzip_inspect,
	.decode = gzip_decode,
	.peek = gzip_peek,
	.encode = gzip_encode,
};
