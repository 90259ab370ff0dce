/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * zstd: RFC 8878.
 *
 *	0	le32	magic 0xfd2fb528
 *	4	u8	bits 6-7: size of the content size; 0x20 single segment; 0x08 reserved, zero; 0x04
 *			checksum; bits 0-1: size of the dictionary id (0, 1, 2, 4)
 *	5	u8	window: 2^(10 + bits 3-7) bytes and bits 0-2 eighths of it; not in a single segment
 *			dictionary id
 *			content size: 1 byte (in a single segment; else none), le16 + 256, le32, le64
 *	...		blocks: le24: bit 0 last, bits 1-2 kind, size; then le32 of xxh64 of the output, where
 *			the checksum bit says so
 *
 * Skippable frames (le32 0x184d2a50 to 0x184d2a5f, le32 size) may stand before and after.
 *
 * The kernel's have no content size, a window of up to 128 MiB and a checksum (scripts/Makefile.lib,
 * cmd_zstd and cmd_zstd22).
 */
#include <limits.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "base/large.h"
#include "codec/driver.h"

#define MAGIC           0xfd2fb528
#define SKIPPABLE_PROBE 64
#define WINDOW_LOG_MIN  10

/* What a watched decoder takes at a time: about 2 MiB of output. */
#define PIECE (512u << 10)

/* ZSTD_d_stableOutBuffer, which the header hides from programs that link the shared library; 1.4.7 and later have it. */
#define STABLE_OUTPUT ZSTD_d_experimentalParam2

#define SINGLE_SEGMENT 0x20
#define RESERVED       0x08
#define CHECKSUM       0x04

struct frame {
	bool has_content_size;
	bool has_checksum;
	uint64_t content_size;
	uint64_t window;
	uint32_t dictionary;
};

static int zstd_probe(struct span in)
{
	size_t at = codec_skippable(in, SKIPPABLE_PROBE);

	if (span_le32(in, at) != MAGIC || in.n - at < 5 || in.p[at + 4] & RESERVED)
		return 0;
	return 33;
}

static uint32_t read_dictionary(struct cursor *c, unsigned int code)
{
	switch (code) {
	case 0:
		return 0;
	case 1:
		return cursor_u8(c);
	case 2:
		return cursor_u16(c);
	default:
		return cursor_u32(c);
	}
}

static void read_content_size(struct cursor *c, unsigned int code, struct frame *f)
{
	f->has_content_size = true;
	if (code == 3)
		f->content_size = cursor_u64(c);
	else if (code == 2)
		f->content_size = cursor_u32(c);
	else if (code == 1)
		f->content_size = cursor_u16(c) + 256;
	else
		f->content_size = cursor_u8(c);
}

static struct kimg_error *read_frame(struct span in, struct frame *f)
{
	struct cursor c = cursor_le(in);
	unsigned int flags, window;

	*f = (struct frame){ 0 };
	if (cursor_u32(&c) != MAGIC)
		return error_at(KIMG_E_CORRUPT, 0, "no zstd header");
	flags = cursor_u8(&c);
	if (flags & RESERVED)
		return error_at(KIMG_E_CORRUPT, 4, "a reserved bit is set");
	f->has_checksum = flags & CHECKSUM;
	if (!(flags & SINGLE_SEGMENT)) {
		window = cursor_u8(&c);
		f->window = (8ULL + (window & 7)) << ((window >> 3) + WINDOW_LOG_MIN - 3);
	}
	f->dictionary = read_dictionary(&c, flags & 3);
	if (flags & SINGLE_SEGMENT || flags >> 6)
		read_content_size(&c, flags >> 6, f);
	if (c.failed)
		return error_at(KIMG_E_TRUNCATED, in.n, "the header is cut short");
	if (flags & SINGLE_SEGMENT)
		f->window = f->content_size;
	return NULL;
}

static struct kimg_error *zstd_inspect(struct span in, struct codec_info *ret_info)
{
	struct frame f;

	TRY(read_frame(span_from(in, codec_skippable(in, SKIPPABLE_PROBE)), &f));
	*ret_info = (struct codec_info){
		.check = f.has_checksum ? "xxh64" : NULL,
		.has_content_size = f.has_content_size,
		.content_size = f.content_size,
		.window = f.window,
	};
	return NULL;
}

static void free_context(ZSTD_DCtx **d)
{
	ZSTD_freeDCtx(*d);
}

static struct kimg_error *start(struct span in, struct frame *f, ZSTD_DCtx **ret_d)
{
	TRY(read_frame(in, f));
	if (f->dictionary)
		return error_at(KIMG_E_UNSUPPORTED, 4, "needs dictionary 0x%x", f->dictionary);
	*ret_d = ZSTD_createDCtx();
	return *ret_d ? NULL : error_nomem();
}

static struct kimg_error *zstd_error(size_t result, uint64_t at)
{
	switch (ZSTD_getErrorCode(result)) {
	case ZSTD_error_memory_allocation:
		return error_nomem();
	case ZSTD_error_srcSize_wrong:
		return error_at(KIMG_E_TRUNCATED, at, "the frame is cut short");
	case ZSTD_error_frameParameter_windowTooLarge:
		return error_at(KIMG_E_LIMIT, at, "the window is over the limit of memory");
	case ZSTD_error_frameParameter_unsupported:
		return error_at(KIMG_E_UNSUPPORTED, at, "%s", ZSTD_getErrorName(result));
	default:
		return error_at(KIMG_E_CORRUPT, at, "%s", ZSTD_getErrorName(result));
	}
}

/* Whether the library takes it from us that the output stays where it is; then any window will do. */
static bool keep_output(ZSTD_DCtx *d)
{
	ZSTD_bounds bounds = ZSTD_dParam_getBounds(ZSTD_d_windowLogMax);

	return !ZSTD_isError(ZSTD_DCtx_setParameter(d, STABLE_OUTPUT, 1)) &&
	       !ZSTD_isError(ZSTD_DCtx_setParameter(d, ZSTD_d_windowLogMax, bounds.upperBound));
}

/* In one shot, which needs no window beside the output. */
static struct kimg_error *decode_frame(struct span in, struct blob *out, size_t *ret_consumed)
{
	cleanup(free_context) ZSTD_DCtx *d = NULL;
	struct frame f;
	size_t size, n;

	TRY(start(in, &f, &d));
	size = ZSTD_findFrameCompressedSize(in.p, in.n);
	if (ZSTD_getErrorCode(size) == ZSTD_error_srcSize_wrong)
		return zstd_error(size, in.n);
	if (ZSTD_isError(size))
		return zstd_error(size, 0);
	if (f.has_content_size && f.content_size > out->max - out->n)
		return codec_over(out);
	TRY(codec_room(out, f.has_content_size ? f.content_size : UINT64_MAX));
	n = ZSTD_decompressDCtx(d, out->p + out->n, codec_left(out), in.p, size);
	if (ZSTD_getErrorCode(n) == ZSTD_error_dstSize_tooSmall && !f.has_content_size)
		return codec_full(out);
	if (ZSTD_isError(n))
		return zstd_error(n, 0);
	out->n += n;
	*ret_consumed = size;
	return NULL;
}

/*
 * Piece by piece, for somebody who waits for the output: the decoder writes to where it stays, so this needs no window
 * either.
 */
static struct kimg_error *decode_watched(struct span in, struct blob *out, size_t *ret_consumed)
{
	cleanup(free_context) ZSTD_DCtx *d = NULL;
	ZSTD_outBuffer target;
	ZSTD_inBuffer source = { in.p, 0, 0 };
	struct frame f;
	size_t result = 1;

	TRY(start(in, &f, &d));
	if (f.has_content_size && f.content_size > out->max - out->n)
		return codec_over(out);
	if (!keep_output(d))
		return decode_frame(in, out, ret_consumed);
	TRY(codec_room(out, f.has_content_size ? f.content_size : UINT64_MAX));
	target = (ZSTD_outBuffer){ out->p, out->n + codec_left(out), out->n };
	while (result) {
		size_t before = source.pos + target.pos;

		source.size = in.n - source.pos < PIECE ? in.n : source.pos + PIECE;
		result = ZSTD_decompressStream(d, &target, &source);
		if (ZSTD_isError(result))
			return zstd_error(result, source.pos);
		if (result && source.pos + target.pos == before)
			return target.pos == target.size
				       ? codec_full(out)
				       : error_at(KIMG_E_TRUNCATED, in.n, "the frame is cut short");
		TRY(codec_grew(out, target.pos));
	}
	out->n = target.pos;
	*ret_consumed = source.pos;
	return NULL;
}

static struct kimg_error *zstd_decode(struct span in, size_t expected,
				      const struct kimg_limits *limits, struct blob *out,
				      size_t *ret_consumed)
{
	size_t start_at = codec_skippable(in, UINT_MAX), consumed = 0;

	in = span_from(in, start_at);
	if (out->grew)
		TRY(error_shift(decode_watched(in, out, &consumed), start_at));
	else
		TRY(error_shift(decode_frame(in, out, &consumed), start_at));
	*ret_consumed = start_at + consumed;
	return NULL;
}

/* Streaming keeps a window, which the frame chooses. */
static void limit_window(ZSTD_DCtx *d, uint64_t memory)
{
	ZSTD_bounds bounds = ZSTD_dParam_getBounds(ZSTD_d_windowLogMax);
	int most = WINDOW_LOG_MIN;

	while (most < bounds.upperBound && 2ULL << most <= memory)
		most++;
	ZSTD_DCtx_setParameter(d, ZSTD_d_windowLogMax, most);
}

static struct kimg_error *zstd_peek(struct span in, const struct kimg_limits *limits,
				    uint8_t *buffer, size_t size, size_t *ret_n)
{
	cleanup(free_context) ZSTD_DCtx *d = NULL;
	struct span body = span_from(in, codec_skippable(in, SKIPPABLE_PROBE));
	ZSTD_inBuffer source = { body.p, body.n, 0 };
	ZSTD_outBuffer target = { buffer, size, 0 };
	struct kimg_error *error = NULL;
	struct frame f;
	size_t result = 1;

	TRY(start(body, &f, &d));
	limit_window(d, limits->memory);
	while (result && target.pos < size) {
		size_t before = source.pos + target.pos;

		result = ZSTD_decompressStream(d, &target, &source);
		if (ZSTD_isError(result) || (result && source.pos + target.pos == before))
			break;
	}
	if (ZSTD_isError(result))
		error = zstd_error(result, source.pos);
	else if (result && target.pos < size)
		error = error_at(KIMG_E_TRUNCATED, source.pos, "the frame is cut short");
	return codec_peeked(error, target.pos, ret_n);
}

/* ---- encoding ---- */

static void free_compressor(ZSTD_CCtx **c)
{
	ZSTD_freeCCtx(*c);
}

static struct kimg_error *encode_error(size_t result)
{
	if (ZSTD_getErrorCode(result) == ZSTD_error_memory_allocation)
		return error_nomem();
	return error_new(KIMG_E_UNSUPPORTED, "%s", ZSTD_getErrorName(result));
}

/* Until the library has taken all of source and, at the end, given all of its output. */
static struct kimg_error *encode_run(ZSTD_CCtx *c, ZSTD_inBuffer *source, ZSTD_EndDirective mode,
				     struct codec_sink *sink)
{
	uint8_t piece[CODEC_PIECE];
	size_t left;

	do {
		ZSTD_outBuffer target = { piece, sizeof(piece), 0 };

		left = ZSTD_compressStream2(c, &target, source, mode);
		if (ZSTD_isError(left))
			return encode_error(left);
		TRY(codec_put(sink, piece, target.pos));
	} while (mode == ZSTD_e_end ? left != 0 : source->pos < source->size);
	return NULL;
}

/* All at once, which spares the library its own copy of the input. */
static struct kimg_error *encode_at_once(ZSTD_CCtx *c, struct span in, struct codec_sink *sink)
{
	size_t room = ZSTD_compressBound(in.n), n;
	cleanup_free uint8_t *out = large_alloc(1, room);

	if (!out)
		return error_nomem();
	n = ZSTD_compress2(c, out, room, in.p, in.n);
	return ZSTD_isError(n) ? encode_error(n) : codec_put(sink, out, n);
}

/*
 * "zstd -22 --ultra" of scripts/Makefile.lib (cmd_zstd22) from a pipe: with a checksum, and without the size of the
 * content, as nobody knows it. The command works with one thread beside its own, which cuts
 * the input into jobs, so that the output is not that of a single thread everywhere.
 */
static struct kimg_error *zstd_encode(struct span in, const struct codec_options *options,
				      struct codec_sink *sink)
{
	cleanup(free_compressor) ZSTD_CCtx *c = ZSTD_createCCtx();
	ZSTD_inBuffer source = { in.p, in.n, 0 };
	unsigned int level;
	size_t result;

	TRY(codec_level(options, 22, 22, &level));
	if (!c)
		return error_nomem();
	result = ZSTD_CCtx_setParameter(c, ZSTD_c_compressionLevel, level);
	if (!ZSTD_isError(result))
		result = ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1);
	if (ZSTD_isError(result))
		return encode_error(result);
	if (options->one_shot)
		return encode_at_once(c, in, sink);
	ZSTD_CCtx_setParameter(c, ZSTD_c_nbWorkers, 1); /* where the library can */
	TRY(encode_run(c, &source, ZSTD_e_continue, sink));
	return encode_run(c, &source, ZSTD_e_end, sink);
}

const struct codec codec_zstd = {
	.name = "zstd",
	.suffix = ".zst",
	.skippable = true,
	.probe = zstd_probe,
	.inspect = zstd_inspect,
	.decode = zstd_decode,
	.peek = zstd_peek,
	.encode = zstd_encode,
};
