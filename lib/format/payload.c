/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compressed payloads: adding them, finding them where no header tells, decoding them. */
#include <inttypes.h>

#include "format/dtree.h"
#include "format/image.h"

#define SIZE_WORD 4

/* Full decodings that one search may try, after the cheap tests; bounds the time of a hostile file. */
#define MAX_ATTEMPTS 32
#define PEEK_SIZE    4096

/* Peeks that one search may take: a zstd window costs 10 us to set up. Real images hold a few decoys. */
#define MAX_PEEKS 4096

/*
 * How often all bytes of an image may be decoded, on average. Parts may overlap, and what fails costs as much
 * time as what succeeds, but leaves nothing behind that the limit on output would count.
 */
#define MAX_READS 8

/* A guess wants a magic that other data rarely holds: 24 bits are gzip's. */
#define MIN_GUESS_BITS 24

static void describe_codec(struct kimg_part *part, const struct codec *codec)
{
	struct codec_info info = { 0 };
	struct kimg_error *error = codec->inspect(part_span(part), &info);

	if (error) {
		note_bad(part, "%s", kimg_error_message(error));
		kimg_error_free(error);
		return;
	}
	if (info.variant)
		field_printf(part, "variant", "%s", info.variant);
	if (info.filters[0])
		field_printf(part, "filters", "%s", info.filters);
	if (info.window)
		field_number(part, "window", info.window);
	if (info.check)
		field_printf(part, "check", "%s", info.check);
	if (info.has_content_size)
		field_number(part, "content_size", info.content_size);
}

bool part_set_codec(struct kimg_part *part, const struct codec *codec, uint64_t size)
{
	struct node *node = node_of(part);

	if (!codec)
		codec = codec_detect(part_span(part), NULL);
	if (!codec || node == node->image->scrap)
		return false;
	node->codec = codec;
	node->expected = size;
	node->nested = false;
	part->codec = codec->name;
	describe_codec(part, codec);
	if (size)
		field_number(part, "uncompressed_size", size);
	return true;
}

struct kimg_limits image_remaining(const struct kimg_image *image)
{
	struct kimg_limits limits = image->options.limits;

	limits.output = limits.output > image->decoded ? limits.output - image->decoded : 0;
	return limits;
}

void part_set_pieces(struct kimg_part *part, const struct span *pieces, size_t count)
{
	struct node *node = node_of(part);
	cleanup_blob struct blob blob = { 0 };
	struct kimg_error *error = NULL;
	uint64_t total = 0;

	for (size_t i = 0; i < count; i++)
		total += pieces[i].n;
	if (node == node->image->scrap || part->content)
		return;
	blob_init(&blob, image_remaining(node->image).output);
	error = blob_reserve(&blob, total);
	for (size_t i = 0; i < count && !error; i++) {
		memcpy(blob.p + blob.n, pieces[i].p, pieces[i].n);
		blob.n += pieces[i].n;
	}
	if (!error)
		error = node_set_content(node, &blob);
	if (error)
		note_bad(part, "%s", kimg_error_message(error));
	kimg_error_free(error);
}

struct kimg_part *part_add_payload(struct kimg_part *parent, const char *name, uint64_t offset,
				   uint64_t size, bool size_word)
{
	struct span all = span_clip(part_span(parent), offset, size);
	const struct codec *codec = codec_detect(all, NULL);
	struct kimg_part *part, *word;
	uint64_t uncompressed = 0;
	bool has_word = false;

	/* Cut short, the last four bytes are not the word. */
	if (size_word && codec && all.n == size && size > SIZE_WORD) {
		has_word = true;
		uncompressed = span_le32(all, size - SIZE_WORD);
		if (codec != &codec_gzip)
			size -= SIZE_WORD;
	}
	part = part_add(parent, KIMG_PART_PAYLOAD, name, offset, size);
	if (!codec) {
		part_nest(part, NULL);
		return part;
	}
	part_set_codec(part, codec, uncompressed);
	if (has_word && codec != &codec_gzip) {
		word = part_add(parent, KIMG_PART_DATA, "payload-size", offset + size, SIZE_WORD);
		field_number(word, "uncompressed_size", uncompressed);
		if (!uncompressed)
			note_bad(word, "the size word is 0: the stream is not held against it");
	}
	return part;
}

/* What follows a stream: device trees (Image.gz-dtb), more segments of an initrd, or bytes of nobody's. */
static void explain_rest(struct kimg_part *part, uint64_t at)
{
	struct span rest = part_span(part);
	uint64_t zeroes;

	zeroes = at = dtree_add_all(part, at);
	while (at < rest.n && rest.p[at] == 0)
		at++;
	rest = span_from(rest, at);
	if (rest.n == 0 && at > zeroes)
		note(part, "the %s stream is followed by %" PRIu64 " bytes of padding", part->codec,
		     at - zeroes);
	if (rest.n == 0)
		return;
	/* Anything else would be a guess: some formats have magics of two bytes. */
	if (codec_detect(rest, NULL) || span_starts(rest, SPAN_LITERAL("07070")))
		part_add_payload(part, "segment", at, rest.n, false)->kind = part->kind;
	else
		note_bad(part, "the %s stream is followed by %zu bytes that are not part of it",
			 part->codec, rest.n);
}

/* The stream of a coded part may end before the part does: what follows becomes a tile of its own. */
static void explain_tail(struct node *node, size_t consumed, uint64_t produced)
{
	struct span tail = span_from(part_span(&node->part), consumed);

	if (tail.n == 0)
		return;
	part_add(&node->part, KIMG_PART_DATA, "stream", 0, consumed);
	if (tail.n == SIZE_WORD && get_le32(tail.p) == (uint32_t)produced)
		field_number(part_add(&node->part, KIMG_PART_DATA, "size", consumed, SIZE_WORD),
			     "uncompressed_size", produced);
	else
		explain_rest(&node->part, consumed);
	node_tile(node);
	node_explore_below(node);
}

static struct kimg_error *decode_once(struct node *node, struct blob *ret_blob,
				      size_t *ret_consumed)
{
	struct kimg_image *image = node->image;
	struct span s = part_span(&node->part);
	struct kimg_limits limits = image_remaining(image);
	struct kimg_error *error;

	if (image->read / MAX_READS > image->root->part.size + image->decoded)
		return error_new(KIMG_E_LIMIT, "%s: the same bytes were decoded %d times already",
				 node->part.name, MAX_READS);
	error = codec_decode(node->codec, s, node->expected, &limits, ret_blob, ret_consumed);
	image->read += error ? s.n : *ret_consumed;
	return error;
}

struct kimg_error *node_decode(struct node *node)
{
	cleanup_blob struct blob blob = { 0 };
	size_t consumed = 0;

	TRY(decode_once(node, &blob, &consumed));
	explain_tail(node, consumed, blob.n);
	field_number(&node->part, "uncompressed_size", blob.n);
	return node_set_content(node, &blob);
}

/* ---- searching ---- */

static bool peeks(const struct codec *codec, struct span s, const struct kimg_limits *limits)
{
	uint8_t buffer[PEEK_SIZE];
	size_t n = 0;
	struct kimg_error *error = codec->peek(s, limits, buffer, sizeof(buffer), &n);

	kimg_error_free(error);
	return !error && n > 0;
}

/*
 * Whether a stream of codec starts at the start of s, decodes, and is followed by a size word that fits, or
 * is gzip, which holds its own. *ret_size is then its length, size word included.
 */
static bool try_decode(const struct codec *codec, struct span s, bool exact_end,
		       const struct kimg_limits *limits, struct blob *ret_blob, uint64_t *ret_size)
{
	cleanup_blob struct blob blob = { 0 };
	struct span stream = s;
	uint64_t expected = 0;
	size_t consumed = 0, word = codec == &codec_gzip ? 0 : SIZE_WORD;
	struct kimg_error *error;

	if (exact_end) {
		if (s.n <= SIZE_WORD)
			return false;
		expected = span_le32(s, s.n - SIZE_WORD);
		stream = span_clip(s, 0, s.n - word);
		if (expected == 0)
			return false;
	}
	error = codec_decode(codec, stream, expected, limits, &blob, &consumed);
	if (error) {
		kimg_error_free(error);
		return false;
	}
	if (exact_end ? consumed != stream.n : word && span_le32(s, consumed) != (uint32_t)blob.n)
		return false;
	if (blob.n == 0 || consumed + word > s.n)
		return false;
	*ret_size = consumed + word;
	*ret_blob = blob;
	blob = (struct blob){ 0 };
	return true;
}

bool part_search_payload(struct kimg_part *parent, const char *name, uint64_t offset, uint64_t end,
			 bool exact_end)
{
	struct node *node = node_of(parent);
	struct span s = span_clip(part_span(parent), 0, end);
	struct kimg_limits limits = image_remaining(node->image);
	const struct codec *codec;
	int attempts = 0, peeked = 0;
	size_t at = offset;

	for (; (codec = codec_next(s, &at, 1)) && attempts < MAX_ATTEMPTS && peeked < MAX_PEEKS;
	     at++, peeked++) {
		cleanup_blob struct blob blob = { 0 };
		struct span candidate = span_from(s, at);
		struct kimg_part *part;
		uint64_t size = 0;

		if (!peeks(codec, candidate, &limits))
			continue;
		attempts++;
		if (!try_decode(codec, candidate, exact_end, &limits, &blob, &size))
			continue;
		part = part_add_payload(parent, name, at, size, true);
		if (node_of(part)->codec != codec)
			part_set_codec(part, codec, blob.n);
		node_tile(node);
		kimg_error_free(node_set_content(node_of(part), &blob));
		return true;
	}
	return false;
}

bool part_guess_payload(struct kimg_part *parent, const char *name, uint64_t offset, uint64_t end,
			bool size_word)
{
	struct node *node = node_of(parent);
	struct span s = span_clip(part_span(parent), 0, end);
	struct kimg_limits limits = image_remaining(node->image);
	const struct codec *codec;
	int bits, attempts = 0;
	size_t at = offset;

	for (; (codec = codec_next(s, &at, 1)) && attempts < MAX_ATTEMPTS; at++, attempts++) {
		struct span candidate = span_from(s, at);

		if (codec_detect(candidate, &bits) != codec || bits < MIN_GUESS_BITS ||
		    !peeks(codec, candidate, &limits))
			continue;
		part_add_payload(parent, name, at, candidate.n, size_word);
		node_tile(node);
		return true;
	}
	return false;
}
