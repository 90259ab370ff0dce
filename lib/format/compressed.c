/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bare compressed file: Image.gz, vmlinux.xz, initrd.zst. One driver a codec; the whole file is one
 * part, "payload". The word names what is inside as far as the first 4 KiB of output tell it.
 */
#include <stdio.h>

#include "codec/codec.h"
#include "format/registry.h"

#define PEEK_SIZE 4096

static struct kimg_error *parse_as(struct kimg_part *part, const struct codec *codec)
{
	struct kimg_part *payload = part_add(part, KIMG_PART_PAYLOAD, "payload", 0, part->size);

	part_set_codec(payload, codec, 0);
	return NULL;
}

static void word_as(struct span s, const struct codec *codec, const struct kimg_limits *limits,
		    char *ret_word, size_t size)
{
	const struct format *inner;
	uint8_t buffer[PEEK_SIZE];
	size_t n = 0;
	struct kimg_error *error = codec->peek(s, limits, buffer, sizeof(buffer), &n);

	if (!error)
		error = format_identify(span_of(buffer, n), &inner);
	if (error) {
		kimg_error_free(error);
		snprintf(ret_word, size, "%s", codec->name);
	} else {
		snprintf(ret_word, size, "%s.%s", inner->name, codec->name);
	}
}

/*
 * A stream of lzma has no magic: with neither the usual properties nor an unknown size it may be any table of
 * small numbers, such as a kernel's first words, and what no header announces is not taken for one.
 */
static int recognised(int bits)
{
	return bits > 8 ? bits : 0;
}

#define COMPRESSED(codec_name, codec_title)                                            \
	static int codec_name##_probe(struct span s)                                   \
	{                                                                              \
		return recognised(codec_##codec_name.probe(s));                        \
	}                                                                              \
	static struct kimg_error *codec_name##_parse(struct kimg_part *part)           \
	{                                                                              \
		return parse_as(part, &codec_##codec_name);                            \
	}                                                                              \
	static void codec_name##_word(struct span s, const struct kimg_limits *limits, \
				      char *ret_word, size_t size)                     \
	{                                                                              \
		word_as(s, &codec_##codec_name, limits, ret_word, size);               \
	}                                                                              \
	const struct format format_##codec_name = {                                    \
		.name = #codec_name,                                                   \
		.title = codec_title,                                                  \
		.probe = codec_name##_probe,                                           \
		.parse = codec_name##_parse,                                           \
		.word = codec_name##_word,                                             \
	}

COMPRESSED(gzip, "gzip compressed data");
COMPRESSED(bzip2, "bzip2 compressed data");
COMPRESSED(lzma, "lzma compressed data");
COMPRESSED(xz, "xz compressed data");
COMPRESSED(lzo, "lzop compressed data");
COMPRESSED(lz4, "lz4 compressed data");
COMPRESSED(zstd, "zstd compressed data");
