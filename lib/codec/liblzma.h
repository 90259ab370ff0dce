/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CODEC_LIBLZMA_H
#define CODEC_LIBLZMA_H

#include <lzma.h>

#include "codec/driver.h"

/* What lzma and xz share: driving a decoder of liblzma, which the caller has set up in s. */

static inline void liblzma_done(lzma_stream *s)
{
	lzma_end(s);
}

#define cleanup_liblzma cleanup(liblzma_done)

/* The error for what liblzma returned; at is how far it read. */
struct kimg_error *liblzma_error(lzma_ret result, uint64_t at, lzma_stream *s,
				 const struct kimg_limits *limits) must_check;

/* As decode and peek of struct codec. */
struct kimg_error *liblzma_decode(lzma_stream *s, struct span in, const struct kimg_limits *limits,
				  struct blob *out, size_t *ret_consumed) must_check;
struct kimg_error *liblzma_peek(lzma_stream *s, struct span in, const struct kimg_limits *limits,
				uint8_t *buffer, size_t size, size_t *ret_n) must_check;

/* Runs an encoder that the caller has set up in s over all of in. */
struct kimg_error *liblzma_encode(lzma_stream *s, struct span in,
				  struct codec_sink *sink) must_check;

#endif
