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

static const struct codec *known_codec(struct span s)
{
	for (size_t i = 0; i < ARRAY_SIZE(magics); i++)
		if (span_starts(s, span_of(magics[i].bytes, 2)))
			return magics[i].codec;
	return NULL;
}

/* ---- streams that we read and the kernel does not ---- */

#define GZIP_NOT_READ 0x16 /* header CRC, extra field, comment: __gunzip() knows the name alone */
#define ZSTD_WINDOW   (128u << 20)

static const char *why_refused(const struct codec *codec, struct span in,
			       const struct codec_info *info)
{
	if (codec == &codec_gzip && in.n > 3 && in.p[3] & GZIP_NOT_READ)
		return "its gzip header has fields that the kernel does not know";
	if (codec == &codec_xz && info->check && strcmp(info->check, "none") != 0 &&
	    strcmp(info->check, "crc32") != 0)
		return "the kernel knows no check of xz but crc32 (xz --check=crc32 makes it)";
	if (codec == &codec_lz4 && info->variant && strcmp(info->variant, "legacy") != 0)
		return "the kernel reads legacy frames of lz4 alone (lz4 -l makes them)";
	if (codec == &codec_zstd && info->window > ZSTD_WINDOW)
		return "the kernel takes a window of 128 MiB at most";
	return NULL;
}

static void note_refused(struct kimg_initrd *initrd, const struct codec *codec, struct span in)
{
	struct codec_info info = { 0 };
	struct kimg_error *error = codec->inspect(in, &info);
	const char *why = error ? NULL : why_refused(codec, in, &info);

	kimg_error_free(error);
	if (!why && !known_codec(in))
		why = "it starts with what the kernel does not know";
	if (why)
		initrd_note(initrd, true, "segment %zu: %s", initrd->segment->about.index, why);
}

/* ---- opening ---- */

static struct kimg_error *list_segment(struct kimg_initrd *initrd, const struct segment *segment)
{
	const struct kimg_initrd_segment **list;

	if (initrd->count >= initrd->limits.parts)
		return error_new(KIMG_E_LIMIT, "more than the limit of %" PRIu32 " segments",
				 initrd->limits.parts);
	if ((initrd->count & (initrd->count - 1)) == 0) {
		list = reallocarray(initrd->list, initrd->count ? 2 * initrd->count : 1,
				    sizeof(*list));
		if (!list)
			return error_nomem();
		initrd->list = list;
	}
	initrd->list[initrd->count++] = &segment->about;
	return NULL;
}

/* The next of the list, where it was read before; else a new one. */
static struct kimg_error *take_segment(struct kimg_initrd *initrd)
{
	struct segment **at = initrd->previous ? &initrd->previous->next : &initrd->segments;
	struct segment *segment = *at;

	if (!segment) {
		segment = arena_alloc(&initrd->arena, sizeof(*segment));
		if (!segment)
			return error_nomem();
		TRY(list_segment(initrd, segment));
		*at = segment;
	}
	segment->about.index = initrd->previous ? initrd->previous->about.index + 1 : 0;
	segment->about.offset = initrd->at;
	segment->about.entries = 0;
	initrd->segment = segment;
	return NULL;
}

static struct kimg_error *open_plain(struct kimg_initrd *initrd)
{
	TRY(take_segment(initrd));
	initrd->space = initrd->bytes;
	initrd->whole = true;
	initrd->cursor = initrd->at;
	return NULL;
}

static struct kimg_error *open_stream(struct kimg_initrd *initrd, const struct codec *codec)
{
	struct span in = span_from(initrd->bytes, initrd->at);
	struct kimg_limits limits = initrd->limits;

	TRY(take_segment(initrd));
	initrd->segment->about.codec = codec->name;
	note_refused(initrd, codec, in);
	limits.output -= initrd->decoded;
	if (!initrd->segment->arrival.codec)
		arrival_start(&initrd->segment->arrival, codec, in, &limits, initrd->own_thread);
	initrd->space = (struct span){ 0 };
	initrd->whole = false;
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
	s = span_from(s, initrd->at);
	codec = known_codec(s);
	if (!codec)
		codec = codec_detect(s, NULL);
	if (!codec)
		return error_at(KIMG_E_CORRUPT, initrd->at, "no segment that the kernel knows");
	return open_stream(initrd, codec);
}

bool segment_reach(struct kimg_initrd *initrd, uint64_t end)
{
	struct arrival *arrival = &initrd->segment->arrival;

	if (end <= initrd->space.n)
		return true;
	if (initrd->whole)
		return false;
	initrd->space.n = arrival_wait(arrival, end);
	initrd->space.p = arrival->out.p;
	initrd->whole = initrd->space.n < end;
	return !initrd->whole;
}

/* ---- the end ---- */

/* The kernel takes what follows an lz4 stream, up to a word of zeroes, for its next block (lib/decompress_unlz4.c). */
static void check_lz4(struct kimg_initrd *initrd, uint64_t end)
{
	if (initrd->bytes.n - end >= 4 && span_le32(initrd->bytes, end) != 0)
		initrd_note(initrd, true,
			    "segment %zu: four zero bytes must follow an lz4 stream, or the kernel "
			    "reads on",
			    initrd->segment->about.index);
}

static struct kimg_error *end_stream(struct kimg_initrd *initrd)
{
	struct kimg_initrd_segment *about = &initrd->segment->about;
	struct arrival *arrival = &initrd->segment->arrival;

	arrival_finish(arrival);
	about->size = arrival->there;
	about->stored = arrival->error || arrival->failed ? initrd->bytes.n - about->offset
							  : arrival->consumed;
	initrd->decoded += about->size;
	initrd->at = about->offset + about->stored;
	if (arrival->error) {
		struct kimg_error *error = arrival->error;

		arrival->error = NULL;
		arrival->failed = true;
		return error_shift(error, about->offset);
	}
	if (arrival->failed)
		return error_at(KIMG_E_CORRUPT, about->offset, "the stream is damaged");
	if (arrival->codec == &codec_lz4)
		check_lz4(initrd, initrd->at);
	return NULL;
}

static void end_plain(struct kimg_initrd *initrd)
{
	struct kimg_initrd_segment *about = &initrd->segment->about;

	about->stored = initrd->cursor - about->offset;
	about->size = about->stored;
	initrd->at = initrd->cursor;
}

struct kimg_error *segment_end(struct kimg_initrd *initrd)
{
	struct segment *segment = initrd->segment;
	struct kimg_error *error = NULL;

	if (segment->about.codec)
		error = end_stream(initrd);
	else
		end_plain(initrd);
	initrd->behind_archive = !segment->about.codec;
	initrd->previous = segment;
	initrd->segment = NULL;
	return error;
}
