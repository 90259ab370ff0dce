/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lz4: doc/lz4_Frame_format.md (1.6.4) of lz4 1.9.4.
 *
 * Legacy frame, which the kernel uses (scripts/Makefile.lib, cmd_lz4):
 *	0	le32	0x184c2102
 *	4	le32	size of a block in the file, then the block; 8 MiB of output each, the last may be
 *			less. There is no end mark and no checksum.
 *
 * Frame:
 *	0	le32	0x184d2204
 *	4	u8	flags: bits 6-7 version 1, 0x20 blocks are independent, 0x10 block checksums, 0x08
 *			content size, 0x04 content checksum, 0x01 dictionary id
 *	5	u8	bits 4-6: block size, 4 to 7: 64 KiB to 4 MiB
 *	6	le64	content size, where the flags say so
 *		le32	dictionary id, where the flags say so
 *		u8	header checksum
 *		...	blocks: le32 size, bit 31: stored; block; le32 xxh32 where the flags say so; size 0
 *			ends them; le32 xxh32 of the output, where the flags say so
 *
 * Skippable frames (le32 0x184d2a50 to 0x184d2a5f, le32 size) may stand before and after either.
 *
 * A match at distance 0 is damage by the format, but liblz4 1.9.4 copies for it whatever stands in the
 * output. Where no checksum is there to tell, those bytes are undefined (never read out of bounds).
 */
#include <limits.h>
#include <lz4.h>
#include <lz4frame.h>
#include <lz4hc.h>

#include "codec/driver.h"

#define LEGACY_MAGIC    0x184c2102
#define FRAME_MAGIC     0x184d2204
#define LEGACY_BLOCK    (8u << 20)
#define LEGACY_MOST     ((uint32_t)LZ4_COMPRESSBOUND(LEGACY_BLOCK))
#define SKIPPABLE_PROBE 64
#define WINDOW          65536

#define FLAG_BLOCK_CHECKSUM   0x10
#define FLAG_CONTENT_SIZE     0x08
#define FLAG_CONTENT_CHECKSUM 0x04
#define FLAG_DICTIONARY       0x01

struct frame {
	unsigned int flags;
	size_t block_size;
	uint64_t content_size;
	uint32_t dictionary;
};

static int lz4_probe(struct span in)
{
	size_t at = codec_skippable(in, SKIPPABLE_PROBE);
	uint32_t magic = span_le32(in, at);

	return magic == LEGACY_MAGIC || magic == FRAME_MAGIC ? 32 : 0;
}

static struct kimg_error *read_frame(struct span in, struct frame *f)
{
	struct cursor c = cursor_le(in);
	unsigned int block;

	*f = (struct frame){ 0 };
	cursor_skip(&c, 4);
	f->flags = cursor_u8(&c);
	block = cursor_u8(&c) >> 4;
	f->content_size = f->flags & FLAG_CONTENT_SIZE ? cursor_u64(&c) : 0;
	f->dictionary = f->flags & FLAG_DICTIONARY ? cursor_u32(&c) : 0;
	if (c.failed)
		return error_at(KIMG_E_TRUNCATED, in.n, "the header is cut short");
	if (f->flags >> 6 != 1)
		return error_at(KIMG_E_UNSUPPORTED, 4, "version %u of the frame format",
				f->flags >> 6);
	if (block < 4 || block > 7)
		return error_at(KIMG_E_CORRUPT, 5, "the block size %u is reserved", block);
	f->block_size = (size_t)WINDOW << 2 * (block - 4);
	return NULL;
}

static struct kimg_error *lz4_inspect(struct span in, struct codec_info *ret_info)
{
	struct span body = span_from(in, codec_skippable(in, SKIPPABLE_PROBE));
	struct frame f;

	if (span_le32(body, 0) == LEGACY_MAGIC) {
		*ret_info = (struct codec_info){ .variant = "legacy", .window = WINDOW };
		return NULL;
	}
	if (span_le32(body, 0) != FRAME_MAGIC)
		return error_at(KIMG_E_CORRUPT, 0, "no lz4 header");
	TRY(read_frame(body, &f));
	*ret_info = (struct codec_info){
		.variant = "frame",
		.window = WINDOW,
		.has_content_size = f.flags & FLAG_CONTENT_SIZE,
		.content_size = f.content_size,
	};
	if (f.flags & (FLAG_CONTENT_CHECKSUM | FLAG_BLOCK_CHECKSUM))
		ret_info->check = "xxh32";
	return NULL;
}

/*
 * What stands in a legacy frame at some place after its magic. The kernel appends the size of the
 * output, which reads like the size of a block, and anything may follow. So after a block of less than
 * 8 MiB, which is the last one that "lz4 -l" writes, the frame is over unless what follows decodes.
 */
struct legacy {
	struct span in;
	size_t at;
	size_t done;       /* bytes of output so far */
	bool last;         /* the block before was a short one */
	struct span block; /* the next block; in cut ones, what there is of it */
};

enum legacy_next { LEGACY_END, LEGACY_CUT, LEGACY_BAD, LEGACY_MORE };

static enum legacy_next legacy_next(struct legacy *l)
{
	size_t left = l->in.n - l->at;
	uint32_t size = span_le32(l->in, l->at);

	l->block = span_clip(l->in, l->at + 4, size);
	if (left < 4)
		return left == 0 || l->last ? LEGACY_END : LEGACY_CUT;
	if (size == 0 || size > LEGACY_MOST)
		return l->at == 4 ? LEGACY_BAD : LEGACY_END;
	if (l->block.n == size)
		return LEGACY_MORE;
	return l->last || size == l->done ? LEGACY_END : LEGACY_CUT;
}

/* A block that did not decode into less than 8 MiB of room: was it the room, or the block? */
static struct kimg_error *check_block(struct span block, const struct kimg_limits *limits,
				      bool *ret_sound)
{
	cleanup_free char *scratch = NULL;

	if (limits->memory < LEGACY_BLOCK)
		return codec_memory(LEGACY_BLOCK, limits);
	scratch = malloc(LEGACY_BLOCK);
	if (!scratch)
		return error_nomem();
	*ret_sound = LZ4_decompress_safe((const char *)block.p, scratch, block.n, LEGACY_BLOCK) >=
		     0;
	return NULL;
}

/* Decodes the next block of l; *ret_end where it turns out to be none. */
static struct kimg_error *decode_block(struct legacy *l, const struct kimg_limits *limits,
				       struct blob *out, bool *ret_end)
{
	size_t left = codec_left(out);
	int room = left < LEGACY_BLOCK ? left : LEGACY_BLOCK;
	int n = LZ4_decompress_safe((const char *)l->block.p, (char *)out->p + out->n, l->block.n,
				    room);
	bool sound = false;

	if (n < 0 && left < LEGACY_BLOCK)
		TRY(check_block(l->block, limits, &sound));
	if (sound)
		return codec_full(out);
	*ret_end = n < 0 && (l->last || l->block.n == l->done);
	if (*ret_end)
		return NULL;
	if (n < 0)
		return error_at(KIMG_E_CORRUPT, l->at, "a block of %zu bytes is damaged",
				l->block.n);
	out->n += n;
	l->at += 4 + l->block.n;
	l->done += n;
	l->last = n < (int)LEGACY_BLOCK;
	return NULL;
}

static struct kimg_error *decode_legacy(struct span in, size_t expected,
					const struct kimg_limits *limits, struct blob *out,
					size_t *ret_consumed)
{
	struct legacy l = { .in = in, .at = 4 };
	enum legacy_next next = LEGACY_END;
	bool end = false;

	TRY(codec_room(out, UINT64_MAX));
	while (!end && !(expected && out->n == expected)) {
		next = legacy_next(&l);
		if (next != LEGACY_MORE)
			break;
		TRY(decode_block(&l, limits, out, &end));
		TRY(codec_grew(out, out->n));
	}
	if (next == LEGACY_CUT)
		return error_at(KIMG_E_TRUNCATED, l.at, "a block is cut short");
	if (next == LEGACY_BAD)
		return error_at(KIMG_E_CORRUPT, l.at, "a block of %u bytes is impossible",
				span_le32(in, l.at));
	*ret_consumed = l.at;
	return NULL;
}

/* The first block alone: nobody looks further than its 8 MiB. */
static struct kimg_error *peek_legacy(struct span in, uint8_t *buffer, size_t size, size_t *ret_n)
{
	struct legacy l = { .in = in, .at = 4 };
	enum legacy_next next = legacy_next(&l);
	int n, most = size < LEGACY_BLOCK ? size : LEGACY_BLOCK;

	if (next == LEGACY_END) {
		*ret_n = 0;
		return NULL;
	}
	if (next == LEGACY_BAD)
		return error_at(KIMG_E_CORRUPT, l.at, "a block of %u bytes is impossible",
				span_le32(in, l.at));
	if (l.block.n == 0)
		return error_at(KIMG_E_TRUNCATED, in.n, "the first block is cut short");
	/* For matches at distance 0, above: nothing of what the caller had there comes out. */
	memset(buffer, 0, most);
	n = LZ4_decompress_safe_partial((const char *)l.block.p, (char *)buffer, l.block.n, most,
					most);
	if (n < 0)
		return error_at(KIMG_E_CORRUPT, l.at, "the first block is damaged");
	*ret_n = n;
	return NULL;
}

static void free_context(LZ4F_dctx **d)
{
	LZ4F_freeDecompressionContext(*d);
}

static struct kimg_error *start_frame(struct span in, const struct kimg_limits *limits,
				      struct frame *f, LZ4F_dctx **ret_d)
{
	uint64_t need;

	TRY(read_frame(in, f));
	if (f->flags & FLAG_DICTIONARY)
		return error_at(KIMG_E_UNSUPPORTED, 4, "needs dictionary 0x%x", f->dictionary);
	/* A block in and one out, where they do not lie wholly in the buffers, and the window. */
	need = 2 * f->block_size + 2 * WINDOW;
	if (need > limits->memory)
		return codec_memory(need, limits);
	if (LZ4F_isError(LZ4F_createDecompressionContext(ret_d, LZ4F_VERSION)))
		return error_nomem();
	return NULL;
}

/*
 * Decodes until the frame ends (*ret_hint 0), input or buffer run out, or something is wrong. The
 * buffer stays where it is, so the library need not keep a copy of the window.
 */
static struct kimg_error *run_frame(LZ4F_dctx *d, struct span in, uint8_t *buffer, size_t size,
				    size_t *ret_at, size_t *ret_n, size_t *ret_hint)
{
	const LZ4F_decompressOptions_t options = { .stableDst = 1 };
	size_t took, made;

	*ret_at = 0;
	*ret_n = 0;
	do {
		took = in.n - *ret_at;
		made = size - *ret_n;
		*ret_hint =
			LZ4F_decompress(d, buffer + *ret_n, &made, in.p + *ret_at, &took, &options);
		if (LZ4F_isError(*ret_hint))
			return error_at(KIMG_E_CORRUPT, *ret_at, "%s",
					LZ4F_getErrorName(*ret_hint));
		*ret_at += took;
		*ret_n += made;
	} while (*ret_hint && (took || made));
	return NULL;
}

static struct kimg_error *decode_frame(struct span in, const struct kimg_limits *limits,
				       struct blob *out, size_t *ret_consumed)
{
	cleanup(free_context) LZ4F_dctx *d = NULL;
	struct frame f;
	size_t at, n, hint;

	TRY(start_frame(in, limits, &f, &d));
	if (f.content_size > out->max - out->n)
		return codec_over(out);
	TRY(codec_room(out, UINT64_MAX));
	TRY(run_frame(d, in, out->p + out->n, codec_left(out), &at, &n, &hint));
	if (hint && at < in.n)
		return codec_full(out);
	if (hint)
		return error_at(KIMG_E_TRUNCATED, at, "the frame is cut short");
	out->n += n;
	*ret_consumed = at;
	return NULL;
}

static struct kimg_error *peek_frame(struct span in, const struct kimg_limits *limits,
				     uint8_t *buffer, size_t size, size_t *ret_n)
{
	cleanup(free_context) LZ4F_dctx *d = NULL;
	struct kimg_error *error;
	struct frame f;
	size_t at, n, hint;

	TRY(start_frame(in, limits, &f, &d));
	error = run_frame(d, in, buffer, size, &at, &n, &hint);
	if (!error && hint && n < size)
		error = error_at(KIMG_E_TRUNCATED, at, "the frame is cut short");
	return codec_peeked(error, n, ret_n);
}

static struct kimg_error *lz4_decode(struct span in, size_t expected,
				     const struct kimg_limits *limits, struct blob *out,
				     size_t *ret_consumed)
{
	size_t start = codec_skippable(in, UINT_MAX), consumed = 0;
	struct span body = span_from(in, start);
	struct kimg_error *error;

	if (span_le32(body, 0) == LEGACY_MAGIC)
		error = decode_legacy(body, expected, limits, out, &consumed);
	else if (span_le32(body, 0) == FRAME_MAGIC)
		error = decode_frame(body, limits, out, &consumed);
	else
		error = error_at(KIMG_E_CORRUPT, 0, "no lz4 header");
	if (error)
		return error_shift(error, start);
	*ret_consumed = start + consumed;
	return NULL;
}

static struct kimg_error *lz4_peek(struct span in, const struct kimg_limits *limits,
				   uint8_t *buffer, size_t size, size_t *ret_n)
{
	struct span body = span_from(in, codec_skippable(in, SKIPPABLE_PROBE));

	if (span_le32(body, 0) == LEGACY_MAGIC)
		return peek_legacy(body, buffer, size, ret_n);
	if (span_le32(body, 0) == FRAME_MAGIC)
		return peek_frame(body, limits, buffer, size, ret_n);
	return error_at(KIMG_E_CORRUPT, 0, "no lz4 header");
}

/* ---- encoding ---- */

static struct kimg_error *put_word(uint32_t value, struct codec_sink *sink)
{
	uint32_t le = htole32(value);

	return codec_put(sink, &le, sizeof(le));
}

/* Levels of 1 and 2 are those of the fast compressor. */
static int encode_block(struct span block, char *out, unsigned int level)
{
	const char *in = (const char *)block.p;

	return level < LZ4HC_CLEVEL_MIN ? LZ4_compress_default(in, out, block.n, LEGACY_MOST)
					: LZ4_compress_HC(in, out, block.n, LEGACY_MOST, level);
}

/* "lz4 -l -9" of scripts/Makefile.lib: the legacy frame. */
static struct kimg_error *lz4_encode(struct span in, const struct codec_options *options,
				     struct codec_sink *sink)
{
	cleanup_free char *out = malloc(LEGACY_MOST);
	unsigned int level;

	TRY(codec_level(options, 9, LZ4HC_CLEVEL_MAX, &level));
	if (!out)
		return error_nomem();
	TRY(put_word(LEGACY_MAGIC, sink));
	for (size_t at = 0; at < in.n; at += LEGACY_BLOCK) {
		struct span block = span_clip(in, at, LEGACY_BLOCK);
		int n = encode_block(block, out, level);

		if (n <= 0)
			return error_nomem();
		TRY(put_word(n, sink));
		TRY(codec_put(sink, out, n));
	}
	return NULL;
}

const struct codec codec_lz4 = {
	.name = "lz4",
	.suffix = ".lz4",
	.skippable = true,
	.probe = lz4_probe,
	.inspect = lz4_inspect,
	.decode = lz4_decode,
	.peek = lz4_peek,
	.encode = lz4_encode,
};
