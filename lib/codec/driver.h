/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CODEC_DRIVER_H
#define CODEC_DRIVER_H

#include "codec/codec.h"

/*
 * What the codecs share; nobody else needs it.
 *
 * A codec decodes in one shot into address space that is reserved for the most that the stream can
 * hold. Pages are only taken where it writes, and codec_decode() gives the rest back. So no codec has
 * to guess a size, to try again, or to copy.
 */

/*
 * Reserves room after out->n for all that may come: up to out->max, or bound bytes where the codec
 * knows that the stream cannot hold more. Where the address space is short, as much as there is.
 */
struct kimg_error *codec_room(struct blob *out, uint64_t bound) must_check;

/* Bytes of room after out->n. */
static inline size_t codec_left(const struct blob *out)
{
	size_t end = out->size < out->max ? out->size : out->max;

	return end > out->n ? end - out->n : 0;
}

/*
 * The error for a stream that holds more than out->max allows. Marks out as full: codec_decode() tells
 * by it that the output was over its limit, not the working memory.
 */
struct kimg_error *codec_over(struct blob *out) must_check;

/* The error for a stream that did not fit into the room: that, or the room was short. */
struct kimg_error *codec_full(struct blob *out) must_check;

/* Tells who watches out that n bytes of it are final; an error where that was all they wanted. */
struct kimg_error *codec_grew(struct blob *out, size_t n) must_check;

/* The error for working memory over the limit. */
struct kimg_error *codec_memory(uint64_t need, const struct kimg_limits *limits) must_check;

/*
 * The end of a peek: what came out before an error is the answer, and only an error before the first
 * byte is one. Takes error over.
 */
struct kimg_error *codec_peeked(struct kimg_error *error, size_t n, size_t *ret_n) must_check;

/* ---- encoding ---- */

/* Encoders hand their output on in pieces of this size. */
#define CODEC_PIECE 65536

static inline struct kimg_error *codec_put(struct codec_sink *sink, const void *p, size_t n)
{
	return n ? sink->write(sink, span_of(p, n)) : NULL;
}

/* The level that is asked for, or usual; KIMG_E_INVALID past most. */
struct kimg_error *codec_level(const struct codec_options *options, unsigned int usual,
			       unsigned int most, unsigned int *ret_level) must_check;

/* lzo_encode.c */
struct kimg_error *lzo_encode(struct span in, const struct codec_options *options,
			      struct codec_sink *sink) must_check;

/*
 * The bytes that skippable frames take at the start of in (le32 magic 0x184d2a50 to 0x184d2a5f, le32
 * size, which lz4 and zstd have in common). Stops at a frame that is cut, and after max frames.
 */
size_t codec_skippable(struct span in, unsigned int max);

#endif
