/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The initramfs that is linked into the kernel (usr/initramfs_data.S, 6.12): a cpio archive in the newc
 * form, or a compressed one, in .init.ramfs; __initramfs_size, a word of the kernel's size, stands behind
 * it in .init.ramfs.info.
 */
#include "codec/codec.h"
#include "format/cpio.h"
#include "kernel/facts.h"

#define NEWC SPAN_LITERAL("070701")

/*
 * What the whole search may cost: archives may share their entries, and streams their blocks, so that each of
 * many false starts runs on to the same end. A kernel holds a handful of either magic in its code.
 */
#define MAX_ENTRIES  1000000
#define MAX_ATTEMPTS 4
#define MAX_PEEKS    4096

/*
 * The length of the archive at the start of s, its trailer and padding to 4 included; 0 if it is none.
 * *entries are the headers that may still be read. The reader is asked for what starts with the magic alone:
 * over zeroes it would look for the end of them, from each of many archives that lead into the same ones.
 */
static uint64_t archive_size(struct span s, uint32_t *entries)
{
	struct cpio_entry entry;
	struct cpio cpio;
	bool more;

	if (!cpio_init(&cpio, s))
		return 0;
	while (*entries && span_has(s, cpio.at, NEWC)) {
		struct kimg_error *error = cpio_next(&cpio, &entry, &more);

		--*entries;
		kimg_error_free(error);
		if (error || !more)
			return 0;
		if (entry.trailer)
			return cpio.at <= s.n ? cpio.at : 0;
	}
	return 0;
}

/* gen_init_cpio pads the whole to 512 bytes; __initramfs_size then tells that length. */
static uint64_t with_padding(struct span s, uint64_t size)
{
	uint64_t padded = (size + 511) / 512 * 512;

	return span_filled(span_clip(s, size, padded - size), 0) && padded <= s.n ? padded : size;
}

static bool find_plain(struct span kernel, struct place *ret_place)
{
	uint32_t entries = MAX_ENTRIES;

	for (size_t at = 0; entries && span_find(kernel, at, NEWC, &at); at++) {
		struct span s = span_from(kernel, at);
		uint64_t size = at % 4 ? 0 : archive_size(s, &entries);

		if (size == 0)
			continue;
		*ret_place = (struct place){ .offset = at, .size = with_padding(s, size) };
		return true;
	}
	return false;
}

static bool holds_archive(const struct codec *codec, struct span s,
			  const struct kimg_limits *limits)
{
	uint8_t head[6];
	size_t n = 0;
	struct kimg_error *error = codec->peek(s, limits, head, sizeof(head), &n);

	kimg_error_free(error);
	return !error && span_equal(span_of(head, n), NEWC);
}

/* .init.ramfs is aligned to 4 bytes, so only every fourth place can hold the start of a stream. */
static bool find_compressed(struct span kernel, const struct kimg_limits *limits,
			    struct place *ret_place, const char **ret_codec)
{
	const struct codec *codec;
	int attempts = 0, peeks = 0;

	for (size_t at = 0; (codec = codec_next(kernel, &at, 4)); at += 4) {
		struct span s = span_from(kernel, at);
		cleanup_blob struct blob blob = { 0 };
		struct kimg_error *error;
		size_t consumed;

		if (++peeks > MAX_PEEKS)
			break;
		if (!holds_archive(codec, s, limits))
			continue;
		if (++attempts > MAX_ATTEMPTS)
			break;
		error = codec_decode(codec, s, 0, limits, &blob, &consumed);
		kimg_error_free(error);
		if (error)
			continue;
		*ret_place = (struct place){ .offset = at, .size = consumed };
		*ret_codec = codec->name;
		return true;
	}
	return false;
}

bool initramfs_find(struct span kernel, const struct kimg_limits *limits, struct place *ret_place,
		    const char **ret_codec)
{
	*ret_codec = NULL;
	return find_plain(kernel, ret_place) ||
	       find_compressed(kernel, limits, ret_place, ret_codec);
}
