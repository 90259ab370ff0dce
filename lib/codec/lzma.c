/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lzma: the format of LZMA Utils and "xz --format=lzma"; doc/lzma-file-format.txt of xz 5.4.
 *
 *	0	u8	properties: (pb * 5 + lp) * 9 + lc, at most 224; 0x5d by default
 *	1	le32	dictionary size: 2^n or 2^n + 2^(n-1), or 0xffffffff
 *	5	le64	size of the output; all ones: not known, the stream has an end marker
 *	13		LZMA data: the range coder's first byte is 0
 *
 * There is no magic and no checksum. The kernel's have a dictionary of 8 to 128 MiB and no size
 * (scripts/Makefile.lib, cmd_lzma).
 */
#include "codec/liblzma.h"

#define HEADER_SIZE  13
#define PROPS_MAX    224
#define PROPS_USUAL  0x5d
#define DICT_MIN     4096
#define SIZE_UNKNOWN UINT64_MAX
#define SIZE_MOST    (1ULL << 40)

static bool dict_plausible(uint32_t dict)
{
	uint32_t low = dict & -dict;

	if (dict == UINT32_MAX)
		return true;
	return dict >= DICT_MIN && (dict == low || dict == (low | low << 1));
}

/*
 * Random bytes pass one time in 2^58, but a table of small integers passes easily. So the bits are
 * those by which a header differs from such a table, and the most is less than any real magic gives.
 */
static int lzma_probe(struct span in)
{
	uint64_t size = span_le64(in, 5);
	int bits = 8;

	if (in.n < HEADER_SIZE + 5 || in.p[0] > PROPS_MAX || in.p[HEADER_SIZE] != 0)
		return 0;
	if (!dict_plausible(span_le32(in, 1)) || (size != SIZE_UNKNOWN && size >= SIZE_MOST))
		return 0;
	if (in.p[0] == PROPS_USUAL)
		bits += 6;
	if (size == SIZE_UNKNOWN)
		bits += 8;
	return bits;
}

static struct kimg_error *lzma_inspect(struct span in, struct codec_info *ret_info)
{
	struct codec_info info = { .window = span_le32(in, 1), .content_size = span_le64(in, 5) };

	if (!lzma_probe(in))
		return error_at(KIMG_E_CORRUPT, 0, "no lzma header");
	info.has_content_size = info.content_size != SIZE_UNKNOWN;
	if (!info.has_content_size)
		info.content_size = 0;
	*ret_info = info;
	return NULL;
}

static struct kimg_error *lzma_start(struct span in, const struct kimg_limits *limits,
				     lzma_stream *s)
{
	lzma_ret result;

	if (in.n < HEADER_SIZE)
		return error_at(KIMG_E_TRUNCATED, in.n, "the header is cut short");
	result = lzma_alone_decoder(s, limits->memory);
	return result == LZMA_OK ? NULL : liblzma_error(result, 0, s, limits);
}

static struct kimg_error *lzma_decode(struct span in, size_t expected,
				      const struct kimg_limits *limits, struct blob *out,
				      size_t *ret_consumed)
{
	cleanup_liblzma lzma_stream s = LZMA_STREAM_INIT;
	uint64_t size = span_le64(in, 5);

	TRY(lzma_start(in, limits, &s));
	if (size != SIZE_UNKNOWN && size > out->max - out->n)
		return codec_over(out);
	return liblzma_decode(&s, in, limits, out, ret_consumed);
}

static struct kimg_error *lzma_peek(struct span in, const struct kimg_limits *limits,
				    uint8_t *buffer, size_t size, size_t *ret_n)
{
	cleanup_liblzma lzma_stream s = LZMA_STREAM_INIT;

	TRY(lzma_start(in, limits, &s));
	return liblzma_peek(&s, in, limits, buffer, size, ret_n);
}

/* "lzma -9" of scripts/Makefile.lib. */
static struct kimg_error *lzma_encode(struct span in, const struct codec_options *options,
				      struct codec_sink *sink)
{
	cleanup_liblzma lzma_stream s = LZMA_STREAM_INIT;
	lzma_options_lzma lzma;
	unsigned int level;

	TRY(codec_level(options, 9, 9, &level));
	if (lzma_lzma_preset(&lzma, level))
		return error_new(KIMG_E_UNSUPPORTED, "level %u", level);
	if (lzma_alone_encoder(&s, &lzma) != LZMA_OK)
		return error_nomem();
	return liblzma_encode(&s, in, sink);
}

const struct codec codec_lzma = {
	.name = "lzma",
	.suffix = ".lzma",
	.probe = lzma_probe,
	.inspect = lzma_inspect,
	.decode = lzma_decode,
	.peek = lzma_peek,
	.encode = lzma_encode,
};
