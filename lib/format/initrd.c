/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An initial RAM disk of several segments, as the kernel unpacks them one after another (init/initramfs.c,
 * 6.12): zeroes are skipped; a cpio archive starts at a multiple of 4, a compressed one anywhere. An
 * archive that holds kernel/... is for the kernel itself, before it unpacks anything: microcode and ACPI tables
 * (Documentation/arch/x86/microcode.rst; such an archive cannot be compressed).
 *
 * Where a compressed segment ends only decoding tells: it is a part that reaches to the end of the file, and
 * what follows its stream becomes parts of it when it is decoded.
 */
#include <inttypes.h>

#include "base/buf.h"
#include "codec/codec.h"
#include "format/cpio.h"
#include "format/part.h"
#include "format/registry.h"

/*
 * What is walked to find the end of a segment when only headers are wanted. An early archive has ten members;
 * each member of a large one costs a page fault, and 256 of them a millisecond.
 */
#define MAX_ENTRIES 256

/* Segments noted; dracut and Ubuntu make up to four. */
#define MAX_SEGMENTS 64

/* Zeroes between segments that are looked through; people pad to blocks and pages. */
#define MAX_ZEROES (1u << 20)

/* So large may files be whose first segment is compressed and decoded to see whether another follows. */
#define SMALL 65536

struct segment {
	uint64_t size;
	bool early;
	bool ended; /* the trailer was found, or the end of the bytes */
	struct buf microcode;
};

static void note_member(struct segment *segment, struct span name)
{
	static const struct span prefix = { (const uint8_t *)"kernel/x86/microcode/", 21 };

	segment->early |= span_starts(name, SPAN_LITERAL("kernel/"));
	if (!span_starts(name, prefix) || name.n == prefix.n || segment->microcode.n > 256)
		return;
	if (segment->microcode.n)
		buf_puts(&segment->microcode, ", ");
	name = span_from(name, prefix.n);
	buf_add(&segment->microcode, name.p, name.n);
}

/* Walks the archive at the start of s up to its trailer. */
static struct kimg_error *walk(struct span s, struct segment *ret)
{
	struct cpio_entry entry = { 0 };
	struct cpio cpio;
	bool more = true;

	ret->size = s.n;
	if (!cpio_init(&cpio, s) || cpio.variant > CPIO_CRC)
		return error_at(KIMG_E_NOT_FOUND, 0, "no archive that the kernel unpacks");
	for (int i = 0; i < MAX_ENTRIES; i++) {
		TRY(cpio_next(&cpio, &entry, &more));
		if (!more || entry.trailer) {
			ret->ended = true;
			ret->size = cpio.at < s.n ? cpio.at : s.n;
			return NULL;
		}
		note_member(ret, entry.name);
	}
	return NULL;
}

static bool is_segment(struct span s)
{
	return cpio_probe(s) >= 48 || codec_detect(s, NULL);
}

/* What stands in s behind zeroes at offset; empty where nothing does within reach. */
static struct span behind_zeroes(struct span s, uint64_t offset)
{
	struct span reach = span_clip(s, 0, offset + MAX_ZEROES);
	uint64_t at = cpio_skip_zeroes(reach, offset);

	return at < reach.n ? span_from(s, at) : (struct span){ 0 };
}

/* ---- probe ---- */

static bool follows_archive(struct span s)
{
	struct segment segment = { 0 };
	struct kimg_error *error = walk(s, &segment);

	kimg_error_free(error);
	buf_done(&segment.microcode);
	return !error && segment.ended && behind_zeroes(s, segment.size).n;
}

static bool follows_stream(struct span s, const struct codec *codec)
{
	const struct kimg_limits limits = { .output = SMALL, .memory = 16 << 20 };
	cleanup_blob struct blob blob = { 0 };
	size_t consumed = 0;
	struct kimg_error *error;

	if (s.n > SMALL)
		return false;
	error = codec_decode(codec, s, 0, &limits, &blob, &consumed);
	kimg_error_free(error);
	if (error || !cpio_probe(blob_span(&blob)))
		return false;
	return is_segment(behind_zeroes(s, consumed));
}

static int probe(struct span s)
{
	const struct codec *codec;

	if (cpio_probe(s) >= 48)
		return follows_archive(s) ? 128 : 0;
	codec = codec_detect(s, NULL);
	return codec && follows_stream(s, codec) ? 128 : 0;
}

/* ---- parse ---- */

static uint64_t add_archive(struct kimg_part *part, uint64_t offset)
{
	struct segment segment = { 0 };
	struct kimg_error *error = walk(span_from(part_span(part), offset), &segment);
	struct kimg_part *added = part_add(part, KIMG_PART_INITRD,
					   segment.early ? "early-cpio" : "cpio", offset,
					   segment.size);

	part_nest(added, &format_cpio);
	if (error)
		note_bad(added, "%s", kimg_error_message(error));
	else if (!segment.ended)
		note(added, "more than %d members: where it ends is not checked", MAX_ENTRIES);
	if (segment.microcode.n && !segment.microcode.failed)
		field_text(added, "microcode", buf_span(&segment.microcode));
	kimg_error_free(error);
	buf_done(&segment.microcode);
	return offset + segment.size;
}

static struct kimg_error *parse(struct kimg_part *part)
{
	struct span s = part_span(part), rest;
	uint64_t at = 0;

	if (part->kind == KIMG_PART_CONTAINER)
		part->kind = KIMG_PART_INITRD;
	for (int i = 0; i < MAX_SEGMENTS; i++) {
		rest = behind_zeroes(s, at);
		if (rest.n == 0)
			return NULL;
		at = s.n - rest.n;
		if (cpio_probe(rest) >= 48) {
			if (at % 4)
				note_bad(part,
					 "the archive at 0x%" PRIx64
					 " does not start at a multiple of 4: the kernel stops "
					 "there",
					 at);
			at = add_archive(part, at);
		} else if (codec_detect(rest, NULL)) {
			part_add_payload(part, "payload", at, rest.n, false)->kind =
				KIMG_PART_INITRD;
			return NULL;
		} else {
			return error_at(KIMG_E_CORRUPT, part->offset + at,
					"no segment that the kernel knows");
		}
	}
	note_bad(part, "more than %d segments", MAX_SEGMENTS);
	return NULL;
}

const struct format format_initrd = {
	.name = "initrd",
	.title = "Initial RAM disk of several segments",
	.refines = &format_cpio,
	.probe = probe,
	.parse = parse,
};
