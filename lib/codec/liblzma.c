/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Driving liblzma over whole buffers, for lzma and xz. */
#include "codec/liblzma.h"

/* Bytes of output between two calls of who watches it. */
#define STEP (1u << 20)

struct kimg_error *liblzma_error(lzma_ret result, uint64_t at, lzma_stream *s,
				 const struct kimg_limits *limits)
{
	switch (result) {
	case LZMA_MEM_ERROR:
		return error_nomem();
	case LZMA_MEMLIMIT_ERROR:
		return codec_memory(lzma_memusage(s), limits);
	case LZMA_BUF_ERROR:
		return error_at(KIMG_E_TRUNCATED, at, "the stream is cut short");
	case LZMA_FORMAT_ERROR:
		return error_at(KIMG_E_CORRUPT, at, "the header is damaged");
	case LZMA_OPTIONS_ERROR:
		return error_at(KIMG_E_UNSUPPORTED, at, "the stream has unknown options");
	case LZMA_UNSUPPORTED_CHECK:
		return error_at(KIMG_E_UNSUPPORTED, at, "the stream has an unknown check");
	default:
		return error_at(KIMG_E_CORRUPT, at, "the stream is damaged");
	}
}

/* Until the stream ends, room or input run out, or something is wrong. */
static lzma_ret run(lzma_stream *s, uint8_t *p, size_t n)
{
	lzma_ret result;

	s->next_out = p;
	s->avail_out = n;
	/* liblzma allows one call without progress and refuses the next, so this ends. */
	do
		result = lzma_code(s, LZMA_FINISH);
	while (result == LZMA_OK);
	return result;
}

/* The same into out, in steps where somebody watches it. */
static struct kimg_error *run_watched(lzma_stream *s, struct blob *out, lzma_ret *ret_result)
{
	size_t n = out->n, end = out->n + codec_left(out);

	do {
		size_t step = out->grew && end - n > STEP ? STEP : end - n;

		*ret_result = run(s, out->p + n, step);
		n += step - s->avail_out;
		TRY(codec_grew(out, n));
	} while (*ret_result == LZMA_BUF_ERROR && s->avail_out == 0 && n < end);
	return NULL;
}

struct kimg_error *liblzma_decode(lzma_stream *s, struct span in, const struct kimg_limits *limits,
				  struct blob *out, size_t *ret_consumed)
{
	lzma_ret result;
	uint8_t over;

	TRY(codec_room(out, UINT64_MAX));
	s->next_in = in.p;
	s->avail_in = in.n;
	TRY(run_watched(s, out, &result));
	if (result == LZMA_BUF_ERROR && s->avail_out == 0) {
		/* With both used up, one more byte tells which of them was too short. */
		result = run(s, &over, 1);
		if (s->avail_out == 0)
			return codec_full(out);
	}
	if (result != LZMA_STREAM_END)
		return liblzma_error(result, s->total_in, s, limits);
	out->n += s->total_out;
	*ret_consumed = s->total_in;
	return NULL;
}

struct kimg_error *liblzma_peek(lzma_stream *s, struct span in, const struct kimg_limits *limits,
				uint8_t *buffer, size_t size, size_t *ret_n)
{
	struct kimg_error *error = NULL;
	lzma_ret result = LZMA_OK;

	s->next_in = in.p;
	s->avail_in = in.n;
	s->next_out = buffer;
	s->avail_out = size;
	while (result == LZMA_OK && s->avail_out)
		result = lzma_code(s, LZMA_RUN);
	if (result != LZMA_OK && result != LZMA_STREAM_END)
		error = liblzma_error(result, s->total_in, s, limits);
	return codec_peeked(error, s->total_out, ret_n);
}

struct kimg_error *liblzma_encode(lzma_stream *s, struct span in, struct codec_sink *sink)
{
	uint8_t piece[CODEC_PIECE];
	lzma_ret result;

	s->next_in = in.p;
	s->avail_in = in.n;
	do {
		s->next_out = piece;
		s->avail_out = sizeof(piece);
		result = lzma_code(s, LZMA_FINISH);
		TRY(codec_put(sink, piece, sizeof(piece) - s->avail_out));
	} while (result == LZMA_OK);
	if (result == LZMA_STREAM_END)
		return NULL;
	if (result == LZMA_MEM_ERROR)
		return error_nomem();
	return error_new(KIMG_E_UNSUPPORTED, "liblzma refuses to encode (%d)", (int)result);
}
