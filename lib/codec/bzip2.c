/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bzip2, as libbz2 1.0.8 reads it. There is no specification from its author.
 *
 *	0	"BZh"
 *	3	'1'..'9'	block size in units of 100,000 bytes
 *	4	48 bits		0x314159265359: a block; 0x177245385090: the end
 *	10	be32		CRC-32 of the block, or of the stream
 *	...			blocks are bit-aligned; the stream is filled up to a byte
 */
#include <bzlib.h>
#include <limits.h>

#include "codec/driver.h"

#define LEVEL_UNIT  100000
#define HEADER_BITS (24 + 4 + 48)

/* What libbz2 takes for a level: four bytes for each byte of a block, and its state. */
#define WORK_SIZE(level) ((uint64_t)(level)*LEVEL_UNIT * 4 + 65536)

static void decompress_done(bz_stream *z)
{
	BZ2_bzDecompressEnd(z);
}

static int bzip2_probe(struct span in)
{
	if (!span_starts(in, SPAN_LITERAL("BZh")) || in.n < 10 || in.p[3] < '1' || in.p[3] > '9')
		return 0;
	if (!span_has(in, 4, SPAN_LITERAL("\x31\x41\x59\x26\x53\x59")) &&
	    !span_has(in, 4, SPAN_LITERAL("\x17\x72\x45\x38\x50\x90")))
		return 0;
	return HEADER_BITS;
}

static struct kimg_error *bzip2_inspect(struct span in, struct codec_info *ret_info)
{
	if (!bzip2_probe(in))
		return error_at(KIMG_E_CORRUPT, 0, "no bzip2 header");
	*ret_info = (struct codec_info){ .check = "crc32",
					 .window = (uint64_t)(in.p[3] - '0') * LEVEL_UNIT };
	return NULL;
}

static struct kimg_error *bzip2_start(struct span in, const struct kimg_limits *limits,
				      bz_stream *z)
{
	unsigned int level;

	if (in.n < 4)
		return error_at(KIMG_E_TRUNCATED, in.n, "the header is cut short");
	if (!span_starts(in, SPAN_LITERAL("BZh")) || in.p[3] < '1' || in.p[3] > '9')
		return error_at(KIMG_E_CORRUPT, 0, "no bzip2 header");
	level = in.p[3] - '0';
	if (WORK_SIZE(level) > limits->memory)
		return codec_memory(WORK_SIZE(level), limits);
	if (BZ2_bzDecompressInit(z, 0, 0) != BZ_OK)
		return error_nomem();
	return NULL;
}

static uint64_t total_in(const bz_stream *z)
{
	return (uint64_t)z->total_in_hi32 << 32 | z->total_in_lo32;
}

static struct kimg_error *bzip2_error(int result, const bz_stream *z)
{
	if (result == BZ_MEM_ERROR)
		return error_nomem();
	if (result == BZ_OK)
		return error_at(KIMG_E_TRUNCATED, total_in(z), "the stream is cut short");
	if (result == BZ_DATA_ERROR_MAGIC)
		return error_at(KIMG_E_CORRUPT, 0, "no bzip2 header");
	return error_at(KIMG_E_CORRUPT, total_in(z), "a block is damaged");
}

/* Fills buffer until the stream ends (*ret_end), buffer is full, or something is wrong. */
static struct kimg_error *bzip2_run(bz_stream *z, struct span in, uint8_t *buffer, size_t size,
				    size_t *ret_n, bool *ret_end)
{
	int result = BZ_OK;

	*ret_n = 0;
	*ret_end = false;
	while (*ret_n < size) {
		size_t rest = in.n - total_in(z);
		size_t room = size - *ret_n;
		bool drained;

		z->next_in = (char *)in.p + total_in(z);
		z->avail_in = rest < UINT_MAX ? rest : UINT_MAX;
		z->next_out = (char *)buffer + *ret_n;
		z->avail_out = room < UINT_MAX ? room : UINT_MAX;
		result = BZ2_bzDecompress(z);
		*ret_n = (uint8_t *)z->next_out - buffer;
		drained = rest == z->avail_in && room == z->avail_out;
		if (result == BZ_STREAM_END) {
			*ret_end = true;
			return NULL;
		}
		/* libbz2 says BZ_OK when input runs out, so no progress is the end. */
		if (result != BZ_OK || drained || (total_in(z) == in.n && z->avail_out))
			return bzip2_error(result, z);
	}
	return NULL;
}

static struct kimg_error *bzip2_decode(struct span in, size_t expected,
				       const struct kimg_limits *limits, struct blob *out,
				       size_t *ret_consumed)
{
	cleanup(decompress_done) bz_stream z = { 0 };
	uint8_t over;
	bool end;
	size_t n;

	TRY(bzip2_start(in, limits, &z));
	TRY(codec_room(out, UINT64_MAX));
	TRY(bzip2_run(&z, in, out->p + out->n, codec_left(out), &n, &end));
	out->n += n;
	/* With the room full, the end mark may still be unread. */
	if (!end) {
		TRY(bzip2_run(&z, in, &over, 1, &n, &end));
		if (n)
			return codec_full(out);
	}
	*ret_consumed = total_in(&z);
	return NULL;
}

static struct kimg_error *bzip2_peek(struct span in, const struct kimg_limits *limits,
				     uint8_t *buffer, size_t size, size_t *ret_n)
{
	cleanup(decompress_done) bz_stream z = { 0 };
	struct kimg_error *error;
	size_t n = 0;
	bool end;

	TRY(bzip2_start(in, limits, &z));
	error = bzip2_run(&z, in, buffer, size, &n, &end);
	return codec_peeked(error, n, ret_n);
}

/* ---- encoding ---- */

static void compress_done(bz_stream *z)
{
	BZ2_bzCompressEnd(z);
}

/* "bzip2 -9" of scripts/Makefile.lib. */
static struct kimg_error *bzip2_encode(struct span in, const struct codec_options *options,
				       struct codec_sink *sink)
{
	cleanup(compress_done) bz_stream z = { 0 };
	char piece[CODEC_PIECE];
	unsigned int level;
	size_t fed = 0;
	int result;

	TRY(codec_level(options, 9, 9, &level));
	if (BZ2_bzCompressInit(&z, level, 0, 0) != BZ_OK)
		return error_nomem();
	do {
		if (z.avail_in == 0 && fed < in.n) {
			z.next_in = (char *)in.p + fed;
			z.avail_in = in.n - fed < UINT_MAX ? in.n - fed : UINT_MAX;
			fed += z.avail_in;
		}
		z.next_out = piece;
		z.avail_out = sizeof(piece);
		result = BZ2_bzCompress(&z, fed == in.n ? BZ_FINISH : BZ_RUN);
		TRY(codec_put(sink, piece, sizeof(piece) - z.avail_out));
	} while (result == BZ_RUN_OK || result == BZ_FINISH_OK);
	return result == BZ_STREAM_END ? NULL : error_nomem();
}

const struct codec codec_bzip2 = {
	.name = "bzip2",
	.suffix = ".bz2",
	.probe = bzip2_probe,
	.inspect = bzip2_inspect,
	.decode = bzip2_decode,
	.peek = bzip2_peek,
	.encode = bzip2_encode,
};
