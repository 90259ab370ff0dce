/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of codecs, and decoding whole buffers with them. */
#include "codec/codec.h"

#include <inttypes.h>
#include <limits.h>

#include "codec/driver.h"

#define ROOM_MIN (1u << 20)

/* Frames that an application may put between those of lz4 and zstd: Zstandard, RFC 8878, 3.1.2. */
#define SKIPPABLE_MAGIC 0x184d2a50

const struct codec *const codec_all[] = {
	&codec_gzip, &codec_bzip2, &codec_lzma, &codec_xz,
	&codec_lzo,  &codec_lz4,   &codec_zstd, NULL,
};

const struct codec *codec_by_name(const char *name)
{
	for (size_t i = 0; codec_all[i]; i++)
		if (strcmp(codec_all[i]->name, name) == 0)
			return codec_all[i];
	return NULL;
}

const struct codec *codec_detect(struct span in, int *ret_bits)
{
	const struct codec *best = NULL;
	int most = 0;

	for (size_t i = 0; codec_all[i]; i++) {
		int bits = codec_all[i]->probe(in);

		if (bits > most) {
			most = bits;
			best = codec_all[i];
		}
	}
	if (best && ret_bits)
		*ret_bits = most;
	return best;
}

struct kimg_error *codec_room(struct blob *out, uint64_t bound)
{
	uint64_t want = out->max - out->n;

	if (want > bound)
		want = bound;
	for (;;) {
		struct kimg_error *error = blob_reserve(out, want);

		if (!error || want <= ROOM_MIN || kimg_error_code(error) != KIMG_E_NOMEM)
			return error;
		kimg_error_free(error);
		want /= 2;
	}
}

struct kimg_error *codec_over(struct blob *out)
{
	out->n = out->max;
	return error_new(KIMG_E_LIMIT, "the output is over the limit of %zu bytes", out->max);
}

struct kimg_error *codec_full(struct blob *out)
{
	return out->size < out->max ? error_nomem() : codec_over(out);
}

struct kimg_error *codec_grew(struct blob *out, size_t n)
{
	if (!out->grew || out->grew(out, n))
		return NULL;
	return error_new(KIMG_E_INVALID, "stopped");
}

struct kimg_error *codec_memory(uint64_t need, const struct kimg_limits *limits)
{
	return error_new(KIMG_E_LIMIT,
			 "needs %" PRIu64 " bytes of memory, over the limit of %" PRIu64, need,
			 limits->memory);
}

struct kimg_error *codec_peeked(struct kimg_error *error, size_t n, size_t *ret_n)
{
	if (error && n == 0)
		return error;
	kimg_error_free(error);
	*ret_n = n;
	return NULL;
}

size_t codec_skippable(struct span in, unsigned int max)
{
	size_t at = 0;

	while (max-- && (span_le32(in, at) & ~0xfu) == SKIPPABLE_MAGIC) {
		uint64_t size = 8 + (uint64_t)span_le32(in, at + 4);

		if (in.n - at < 8 || size > in.n - at)
			break;
		at += size;
	}
	return at;
}

struct kimg_error *codec_decode_stream(const struct codec *codec, struct span in,
				       const struct kimg_limits *limits, struct blob *out,
				       size_t *ret_consumed)
{
	return error_wrap(codec->decode(in, 0, limits, out, ret_consumed), "%s", codec->name);
}

/* Whether one more stream of the same codec follows; few bits might as well be chance. */
static bool more_streams(const struct codec *codec, struct span rest)
{
	return rest.n && codec->probe(rest) >= 24;
}

static struct kimg_error *decode_streams(const struct codec *codec, struct span in, size_t expected,
					 const struct kimg_limits *limits, struct blob *out,
					 size_t *ret_consumed)
{
	size_t at = 0;

	do {
		size_t consumed = 0;

		TRY(error_shift(codec->decode(span_from(in, at), expected, limits, out, &consumed),
				at));
		if (consumed == 0)
			break;
		at += consumed;
		if (codec->skippable)
			at += codec_skippable(span_from(in, at), UINT_MAX);
	} while (!(expected && out->n == expected) && more_streams(codec, span_from(in, at)));
	*ret_consumed = at;
	return NULL;
}

struct kimg_error *codec_decode(const struct codec *codec, struct span in, uint64_t expected,
				const struct kimg_limits *limits, struct blob *ret_out,
				size_t *ret_consumed)
{
	cleanup_blob struct blob out = { 0 };
	struct kimg_error *error;
	size_t consumed = 0;

	if (expected > limits->output || expected > SIZE_MAX / 2)
		return error_new(KIMG_E_LIMIT,
				 "%s: %" PRIu64 " bytes of output are over the limit of %" PRIu64,
				 codec->name, expected, limits->output);
	if (expected)
		blob_init(&out, expected);
	else
		blob_init(&out, limits->output < SIZE_MAX / 2 ? limits->output : SIZE_MAX / 2);
	error = decode_streams(codec, in, expected, limits, &out, &consumed);
	if (error && expected && kimg_error_code(error) == KIMG_E_LIMIT && out.n == expected) {
		kimg_error_free(error);
		return error_new(KIMG_E_MISMATCH,
				 "%s: the stream holds more than the %" PRIu64 " bytes it should",
				 codec->name, expected);
	}
	if (error)
		return error_wrap(error, "%s", codec->name);
	if (expected && out.n != expected)
		return error_new(KIMG_E_MISMATCH,
				 "%s: the stream holds %zu bytes, not the %" PRIu64 " it should",
				 codec->name, out.n, expected);
	blob_trim(&out);
	*ret_out = out;
	out = (struct blob){ 0 };
	*ret_consumed = consumed;
	return NULL;
}
