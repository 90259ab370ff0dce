/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The segments of an initrd, found as the kernel finds them (unpack_to_rootfs() of init/initramfs.c, 6.12):
 *
 *   00       passed over
 *   '0'      at a multiple of 4: a plain archive
 *   others   a stream, by its first two bytes (lib/decompress.c); the archives in it end with it, and what
 *            follows it is looked at in the same way
 */
#include <inttypes.h>

#include "initrd/reader.h"

static const struct magic {
	uint8_t bytes[2];
	const struct codec *codec;
} magics[] = {
	{ { 0x1f, 0x8b }, &codec_gzip },  { { 0x1f, 0x9e }, &codec_gzip },
	{ { 0x42, 0x5a }, &codec_bzip2 }, { { 0x5d, 0x00 }, &codec_lzma },
	{ { 0xfd, 0x37 }, &codec_xz },    { { 0x89, 0x4c }, &codec_lzo },
	{ { 0x02, 0x21 }, &codec_lz4 },   { { 0x28, 0xb5 }, &codec_zstd },
};

static const struct codec *segment_codec(struct span s)
{
	for (size_t i = 0; i < ARRAY_SIZE(magics); i++)
		if (span_starts(s, span_of(magics[i].bytes, 2)))
			return magics[i].codec;
	return NULL;
}

static struct segment *add_segment(struct kimg_initrd *initrd)
{
	struct segment *segment = arena_alloc(&initrd->arena, sizeof(*segment));
	const struct kimg_initrd_segment **list;

	if (!segment)
		return NULL;
	if ((initrd->count & (initrd->count - 1)) == 0) {
		list = reallocarray(initrd->list, initrd->count ? 2 * initrd->count : 1,
				    sizeof(*list));
		if (!list)
			return NULL;
		initrd->list = list;
	}
	segment->about.index = initrd->count;
	segment->about.offset = initrd->at;
	initrd->list[initrd->count++] = &segment->about;
	*initrd->last_segment = segment;
	initrd->last_segment = &segment->next;
	return segment;
}

static struct kimg_error *open_plain(struct kimg_initrd *initrd)
{
	struct segment *segment = add_segment(initrd);

	if (!segment)
		return error_nomem();
	initrd->segment = segment;
	initrd->space = initrd->bytes;
	initrd->cursor = initrd->at;
	return NULL;
}

/* What came out before the stream broke; the kernel has unpacked that by then, too. */
static void keep_what_came(struct kimg_initrd *initrd, const struct codec *codec, struct span in,
			   const struct kimg_limits *limits, struct blob *out)
{
	struct kimg_error *error;
	size_t n = 0;

	blob_init(out, limits->output < SIZE_MAX / 2 ? limits->output : SIZE_MAX / 2);
	if (limits->output == 0 || blob_reserve(out, out->max) != NULL)
		return;
	error = codec->peek(in, limits, out->p, out->max, &n);
	kimg_error_free(error);
	out->n = error ? 0 : n;
	blob_trim(out);
}

static struct kimg_error *open_stream(struct kimg_initrd *initrd, const struct codec *codec)
{
	struct span in = span_from(initrd->bytes, initrd->at);
	struct kimg_limits limits = initrd->limits;
	struct segment *segment = add_segment(initrd);
	size_t consumed = 0;

	if (!segment)
		return error_nomem();
	segment->about.codec = codec->name;
	limits.output -= initrd->decoded;
	initrd->broken = codec_decode(codec, in, 0, &limits, &segment->decoded, &consumed);
	if (initrd->broken) {
		initrd->broken = error_shift(initrd->broken, initrd->at);
		keep_what_came(initrd, codec, in, &limits, &segment->decoded);
		consumed = in.n;
	}
	segment->about.stored = consumed;
	segment->about.size = segment->decoded.n;
	initrd->decoded += segment->decoded.n;
	initrd->segment = segment;
	initrd->space = blob_span(&segment->decoded);
	initrd->cursor = 0;
	return NULL;
}

struct kimg_error *segment_next(struct kimg_initrd *initrd)
{
	struct span s = initrd->bytes;
	const struct codec *codec;

	while (initrd->at < s.n && s.p[initrd->at] == 0)
		initrd->at++;
	if (initrd->at == s.n)
		return NULL;
	if (initrd->behind_archive && initrd->at % 4)
		return error_at(KIMG_E_CORRUPT, initrd->at,
				"what follows the archive does not start at a multiple of 4");
	if (s.p[initrd->at] == '0' && initrd->at % 4 == 0)
		return open_plain(initrd);
	codec = segment_codec(span_from(s, initrd->at));
	if (!codec)
		return error_at(KIMG_E_CORRUPT, initrd->at, "no segment that the kernel knows");
	return open_stream(initrd, codec);
}

void segment_end(struct kimg_initrd *initrd)
{
	struct segment *segment = initrd->segment;

	if (segment->about.codec) {
		initrd->at = segment->about.offset + segment->about.stored;
	} else {
		segment->about.stored = initrd->cursor - segment->about.offset;
		segment->about.size = segment->about.stored;
		initrd->at = initrd->cursor;
	}
	initrd->behind_archive = !segment->about.codec;
	initrd->segment = NULL;
}
