/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The codecs. Byte 0 picks one, modulo their number; byte 1 has options: bit 0 the size of the output is
 * known (bytes 2 and 3), bit 1 less memory. The stream follows from byte 4 on. Files that are streams
 * themselves, as in tests/data, are decoded as what they look like, too.
 */
#include <stdint.h>
#include <stdlib.h>

#include "codec/codec.h"

#define HEAD 4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
	if (!good)
		abort();
}

static void check_error(struct kimg_error *error)
{
	char text[512];

	check(kimg_error_code(error) >= KIMG_E_NOMEM && kimg_error_code(error) <= KIMG_E_INVALID);
	kimg_error_format(error, text, sizeof(text));
	kimg_error_free(error);
}

/*
 * What a peek gives is the start of what decoding gives, if both work. But liblz4 1.9.4 takes matches at
 * distance 0, whose bytes are undefined (seed lz4-distance-0).
 */
static void check_peek(const struct codec *codec, struct span in, size_t size,
		       const struct kimg_limits *limits, const struct blob *whole)
{
	uint8_t *buffer = malloc(size ? size : 1);
	struct kimg_error *error;
	size_t n = 0;

	error = codec->peek(in, limits, buffer, size, &n);
	if (error) {
		check_error(error);
	} else {
		check(n <= size);
		check(!whole || n <= whole->n);
		check(!whole || n == 0 || codec == &codec_lz4 || memcmp(buffer, whole->p, n) == 0);
	}
	free(buffer);
}

static void check_codec(const struct codec *codec, struct span in, size_t expected,
			const struct kimg_limits *limits)
{
	struct codec_info info = { 0 };
	struct blob out = { 0 };
	struct kimg_error *error;
	size_t consumed = 0;
	bool decoded;

	check(codec->probe(in) >= 0);
	error = codec->inspect(in, &info);
	if (error)
		check_error(error);
	error = codec_decode(codec, in, expected, limits, &out, &consumed);
	decoded = !error;
	if (error) {
		check_error(error);
		check(!out.p && !consumed);
	} else {
		check(consumed > 0 && consumed <= in.n);
		check(out.n <= limits->output);
		check(!expected || out.n == expected);
	}
	/* With a size that is too small the decoder may stop before the peek does. */
	check_peek(codec, in, 100, limits, decoded && !expected ? &out : NULL);
	check_peek(codec, in, 70000, limits, decoded && !expected ? &out : NULL);
	blob_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kimg_limits limits = { .output = 1 << 20, .memory = 64 << 20 };
	struct span in = span_of(data, size);
	const struct codec *codec = codec_detect(in, NULL);
	unsigned int pick = 0;
	size_t expected = 0;

	if (codec)
		check_codec(codec, in, 0, &limits);
	if (size < HEAD)
		return 0;
	while (codec_all[pick])
		pick++;
	if (data[1] & 1)
		expected = span_le16(in, 2);
	if (data[1] & 2)
		limits.memory = 1 << 20;
	check_codec(codec_all[data[0] % pick], span_from(in, HEAD), expected, &limits);
	return 0;
}
