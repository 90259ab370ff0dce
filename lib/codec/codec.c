/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of codecs, and decoding whole buffers with them. */
#include "codec/codec.h"

#include <inttypes.h>

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

static struct kimg_error *decode_streams(const struct codec *codec, struct span in, size_t expected,
					 const struct kimg_limits *limits, struct blob *out,
					 size_t *ret_consumed)
{
	size_t at = 0;

	do {
		size_t consumed = 0;

		TRY(codec->decode(span_from(in, at), expected, limits, out, &consumed));
		if (consumed == 0)
			break;
		at += consumed;
	} while (at < in.n && codec->probe(span_from(in, at)) >= 24);
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
	blob_init(&out, expected ? expected : limits->output);
	error = decode_streams(codec, in, expected, limits, &out, &consumed);
	if (error && expected && kimg_error_code(error) == KIMG_E_LIMIT && out.max == expected) {
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
