/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xz: "The .xz File Format" 1.2.0 (doc/xz-file-format.txt of xz).
 *
 *	0	fd "7zXZ" 00	magic
 *	6	00 u8		flags: the low half of the second byte is the check
 *	8	le32		CRC-32 of the flags
 *	12	u8		first block: its header is (n + 1) * 4 bytes; 0: the index, no block
 *	13	u8		bits 0-1 number of filters - 1, 0x40 compressed size, 0x80 output size
 *	14			sizes (VLI) where the flags say so; for each filter: VLI id, VLI size of
 *				its properties, properties; zeroes; le32 CRC-32 of the block's header
 *	...			block, padding to 4, check; more blocks; index; footer (12 bytes, "YZ")
 *
 * A VLI has seven bits a byte, the low ones first; 0x80 says that more follow, at most nine bytes.
 * Streams may be padded with zeroes, in units of 4. Kernels have one block, the BCJ filter of the
 * architecture and LZMA2 (scripts/xz_wrap.sh).
 */
#include <inttypes.h>
#include <stdio.h>
#include <zlib.h>

#include "codec/liblzma.h"
#include "codec/xz_riscv.h"

#define STREAM_HEADER 12
#define MAGIC               \
	SPAN_LITERAL("\xfd" \
		     "7zXZ\0")
#define FILTER_LZMA2 0x21

#define FLAG_FILTERS           0x03
#define FLAG_RESERVED          0x3c
#define FLAG_COMPRESSED_SIZE   0x40
#define FLAG_UNCOMPRESSED_SIZE 0x80

static const struct {
	uint64_t id;
	const char *name;
} filters[] = {
	{ 0x03, "delta" }, { 0x04, "x86" },           { 0x05, "powerpc" }, { 0x06, "ia64" },
	{ 0x07, "arm" },   { 0x08, "armthumb" },      { 0x09, "sparc" },   { 0x0a, "arm64" },
	{ 0x0b, "riscv" }, { FILTER_LZMA2, "lzma2" },
};

static const char *const checks[16] = {
	[0] = "none", [1] = "crc32", [4] = "crc64", [10] = "sha256"
};

static int xz_probe(struct span in)
{
	if (!span_starts(in, MAGIC))
		return 0;
	if (in.n < STREAM_HEADER || crc32(0, in.p + 6, 2) != span_le32(in, 8))
		return 48;
	return 48 + 32;
}

static uint64_t read_vli(struct cursor *c)
{
	uint64_t value = 0;

	for (int shift = 0; shift < 63; shift += 7) {
		uint8_t byte = cursor_u8(c);

		value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return value;
	}
	c->failed = true;
	return 0;
}

/* The dictionary size of LZMA2: 2^n or 2^n + 2^(n-1), from 4 KiB on. */
static uint64_t lzma2_dict(struct span props)
{
	if (props.n != 1 || props.p[0] > 40)
		return 0;
	return props.p[0] == 40 ? UINT32_MAX : (2ULL | (props.p[0] & 1)) << (props.p[0] / 2 + 11);
}

static void add_filter(struct codec_info *info, uint64_t id)
{
	size_t n = strlen(info->filters);
	const char *name = NULL;
	char number[24];

	for (size_t i = 0; i < ARRAY_SIZE(filters); i++)
		if (filters[i].id == id)
			name = filters[i].name;
	snprintf(number, sizeof(number), "0x%" PRIx64, id);
	snprintf(info->filters + n, sizeof(info->filters) - n, "%s%s", n ? "," : "",
		 name ? name : number);
}

/* The header of the first block; what it does not tell stays zero. */
static void read_block_header(struct span header, struct codec_info *info)
{
	struct cursor c = cursor_le(header);
	unsigned int flags;

	cursor_skip(&c, 1);
	flags = cursor_u8(&c);
	if (flags & FLAG_RESERVED)
		return;
	if (flags & FLAG_COMPRESSED_SIZE)
		read_vli(&c);
	if (flags & FLAG_UNCOMPRESSED_SIZE)
		read_vli(&c);
	for (unsigned int i = 0; i <= (flags & FLAG_FILTERS); i++) {
		uint64_t id = read_vli(&c);
		struct span props = cursor_take(&c, read_vli(&c));

		if (c.failed)
			return;
		add_filter(info, id);
		if (id == FILTER_LZMA2)
			info->window = lzma2_dict(props);
	}
}

static struct kimg_error *xz_inspect(struct span in, struct codec_info *ret_info)
{
	struct codec_info info = { 0 };
	struct span block;

	if (!span_starts(in, MAGIC))
		return error_at(KIMG_E_CORRUPT, 0, "no xz header");
	if (in.n < STREAM_HEADER)
		return error_at(KIMG_E_TRUNCATED, in.n, "the header is cut short");
	if (xz_probe(in) == 48)
		return error_at(KIMG_E_CORRUPT, 8, "the header's CRC is wrong");
	info.check = checks[in.p[7] & 0xf];
	if (in.n > STREAM_HEADER && in.p[STREAM_HEADER] &&
	    span_sub(in, STREAM_HEADER, in.p[STREAM_HEADER] * 4, &block))
		read_block_header(block, &info);
	*ret_info = info;
	return NULL;
}

static struct kimg_error *xz_start(const struct kimg_limits *limits, lzma_stream *s)
{
	lzma_ret result = lzma_stream_decoder(s, limits->memory, LZMA_TELL_UNSUPPORTED_CHECK);

	return result == LZMA_OK ? NULL : liblzma_error(result, 0, s, limits);
}

/* liblzma says no more than "options"; the header says which filters. */
static struct kimg_error *name_options(struct kimg_error *error, struct span in)
{
	struct codec_info info;

	if (!error || kimg_error_code(error) != KIMG_E_UNSUPPORTED)
		return error;
	if (in.n > 7 && !checks[in.p[7] & 0xf])
		return error_wrap(error, "check %u", in.p[7] & 0xf);
	kimg_error_free(xz_inspect(in, &info));
	return error_wrap(error, "filters %s", info.filters);
}

/* Zeroes between streams belong to the first one; those at the end may be anything's. */
static size_t padding_before_stream(struct span in)
{
	size_t n = 0;

	while (in.n - n >= 4 && get_le32(in.p + n) == 0)
		n += 4;
	return span_has(in, n, MAGIC) ? n : 0;
}

static struct kimg_error *xz_decode(struct span in, size_t expected,
				    const struct kimg_limits *limits, struct blob *out,
				    size_t *ret_consumed)
{
	cleanup_liblzma lzma_stream s = LZMA_STREAM_INIT;
	size_t consumed = 0;

	if (xz_riscv_wanted(in)) {
		TRY(xz_riscv_decode(in, limits, out, &consumed));
	} else {
		TRY(xz_start(limits, &s));
		TRY(name_options(liblzma_decode(&s, in, limits, out, &consumed), in));
	}
	*ret_consumed = consumed + padding_before_stream(span_from(in, consumed));
	return NULL;
}

static struct kimg_error *xz_peek(struct span in, const struct kimg_limits *limits, uint8_t *buffer,
				  size_t size, size_t *ret_n)
{
	cleanup_liblzma lzma_stream s = LZMA_STREAM_INIT;

	if (xz_riscv_wanted(in))
		return xz_riscv_peek(in, limits, buffer, size, ret_n);
	TRY(xz_start(limits, &s));
	return name_options(liblzma_peek(&s, in, limits, buffer, size, ret_n), in);
}

/* ---- encoding ---- */

#define KERNEL_DICT (32u << 20)

static lzma_vli bcj_filter(enum codec_bcj bcj)
{
	switch (bcj) {
	case CODEC_BCJ_X86:
		return LZMA_FILTER_X86;
	case CODEC_BCJ_ARM:
		return LZMA_FILTER_ARM;
	case CODEC_BCJ_POWERPC:
		return LZMA_FILTER_POWERPC;
	case CODEC_BCJ_IA64:
		return LZMA_FILTER_IA64;
	case CODEC_BCJ_SPARC:
		return LZMA_FILTER_SPARC;
	default:
		return LZMA_VLI_UNKNOWN;
	}
}

/* scripts/xz_wrap.sh: "--check=crc32", the filter of the architecture, "--lzma2=dict=32MiB" (ia64: pb=4). */
static struct kimg_error *xz_encode(struct span in, const struct codec_options *options,
				    struct codec_sink *sink)
{
	cleanup_liblzma lzma_stream s = LZMA_STREAM_INIT;
	lzma_options_lzma lzma2;
	lzma_filter chain[3] = { { .id = bcj_filter(options->bcj) },
				 { .id = LZMA_FILTER_LZMA2, .options = &lzma2 },
				 { .id = LZMA_VLI_UNKNOWN } };
	unsigned int level;
	lzma_ret result;

	TRY(codec_level(options, LZMA_PRESET_DEFAULT, 9, &level));
	if (lzma_lzma_preset(&lzma2, level))
		return error_new(KIMG_E_UNSUPPORTED, "level %u", level);
	if (options->level == 0)
		lzma2.dict_size = KERNEL_DICT;
	if (options->bcj == CODEC_BCJ_IA64)
		lzma2.pb = 4;
	result = lzma_stream_encoder(&s, options->bcj ? chain : chain + 1, LZMA_CHECK_CRC32);
	if (result == LZMA_OPTIONS_ERROR)
		return error_new(KIMG_E_UNSUPPORTED, "liblzma lacks a filter");
	return result == LZMA_OK ? liblzma_encode(&s, in, sink) : error_nomem();
}

const struct codec codec_xz = {
	.name = "xz",
	.suffix = ".xz",
	.probe = xz_probe,
	.inspect = xz_inspect,
	.decode = xz_decode,
	.peek = xz_peek,
	.encode = xz_encode,
};
