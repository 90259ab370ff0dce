/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * x86 bzImage, and zImage with a setup header: the boot protocol 2.00 (kernel 1.3.73) and later.
 * Documentation/arch/x86/boot.rst and arch/x86/boot/tools/build.c (6.12) tell the layout:
 *
 *   0                        boot sector; with an EFI stub it begins with "MZ" and holds the PE header
 *   0x1f1                    setup header, see x86_header.c
 *   (setup_sects + 1) * 512  protected-mode code, syssize * 16 bytes:
 *     + payload_offset         payload, payload_length bytes with its size word (2.08 and later)
 *     + kernel_info_offset     kernel_info (2.15 and later): "LToP", size, size_total, setup_type_max
 *     last four bytes          CRC-32 of all before it, not inverted (2.08 and later; gone in 6.15)
 *   after that               certificate table of a signed PE file
 *
 * The header of 0x202 + byte 0x201 bytes is inside the setup code. A zImage is one whose loadflags lack
 * LOADED_HIGH. Up to 2.07 no field says where the payload is, and it is a flat kernel.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "crypto/digest.h"
#include "format/efi_stub.h"
#include "format/registry.h"
#include "format/x86.h"

#define HEADER_START 0x1f1u
#define LOADED_HIGH  1
#define CRC_SIZE     4u
#define PARAGRAPH    16u
#define HAS_PAYLOAD  0x208 /* payload_offset, payload_length and the checksum */
#define HAS_INFO     0x20f
#define WIDE_SYSSIZE 0x204

static int probe(struct span s, bool high)
{
	struct span flags;

	if (!span_has(s, 0x202, SPAN_LITERAL("HdrS")) || span_le16(s, 0x1fe) != 0xaa55 ||
	    !span_sub(s, 0x211, 1, &flags) || span_le16(s, 0x206) >> 8 != 2)
		return 0;
	return (flags.p[0] & LOADED_HIGH) == (high ? LOADED_HIGH : 0) ? 56 : 0;
}

static int bzimage_probe(struct span s)
{
	return probe(s, true);
}

static int zimage_probe(struct span s)
{
	return probe(s, false);
}

/* What the parts of parse and verify go by. */
struct layout {
	struct span s; /* without a certificate table */
	struct efi_stub stub;
	uint16_t protocol;
	uint64_t code;    /* where the protected-mode code begins */
	uint64_t end;     /* where it ends by syssize, or the end of s where that cannot be */
	uint64_t syssize; /* in bytes */
};

/* ---- setup ---- */

/* "6.1.0-9-amd64 (debian-kernel@lists.debian.org) #1 SMP ...": release, who built it, version. */
static void version_text(struct kimg_part *part, const struct layout *layout)
{
	uint64_t at = span_le16(layout->s, 0x20e);
	struct span text;
	size_t n;

	if (at == 0)
		return;
	at += X86_SECTOR;
	if (at >= layout->code)
		note_bad(part, "kernel_version points to 0x%" PRIx64 ", behind the setup code", at);
	if (at >= layout->code || at >= layout->s.n)
		return;
	text = span_text(span_clip(layout->s, at, layout->code - at));
	field_text(part, "release",
		   span_find(text, 0, SPAN_LITERAL(" "), &n) ? span_clip(text, 0, n) : text);
	if (span_find(text, 0, SPAN_LITERAL(" #"), &n))
		field_text(part, "version", span_from(text, n + 1));
}

static void add_setup(struct kimg_part *part, const struct layout *layout)
{
	struct kimg_part *setup = part_add(part, KIMG_PART_CODE, "setup", 0, layout->code);
	uint64_t end = x86_header_end(layout->s);
	struct kimg_part *header;

	part_fill(setup, KIMG_PART_CODE, "code");
	if (end < 0x212)
		end = x86_fields_end(layout->protocol);
	header = part_add(setup, KIMG_PART_HEADER, "header", HEADER_START, end - HEADER_START);
	x86_header_fields(header, layout->s, layout->protocol);
}

/* ---- what follows it ---- */

/* Kernels from 6.15 on have no checksum; the release in the setup code tells, where it is a release. */
static bool since_6_15(const struct kimg_part *part)
{
	const struct kimg_field *release = kimg_part_field(part, "release");
	unsigned long major, minor;
	char text[16] = "", *end;

	if (!release)
		return false;
	memcpy(text, release->bytes, release->length < 15 ? release->length : 15);
	major = strtoul(text, &end, 10);
	minor = *end == '.' ? strtoul(end + 1, NULL, 10) : 0;
	return major > 6 || (major == 6 && minor >= 15);
}

static void add_checksum(struct kimg_part *part, const struct layout *layout)
{
	struct kimg_part *crc;
	uint32_t stored;

	if (layout->protocol < HAS_PAYLOAD || layout->syssize < CRC_SIZE ||
	    layout->code + layout->syssize != layout->end || since_6_15(part))
		return;
	/* Zeroes are padding: a build without the checksum, whatever its release is called. */
	stored = span_le32(layout->s, layout->end - CRC_SIZE);
	if (stored == 0)
		return;
	crc = part_add(part, KIMG_PART_CHECKSUM, "crc32", layout->end - CRC_SIZE, CRC_SIZE);
	field_hex(crc, "crc32", stored);
	field_unchecked(crc, "checksum");
}

static void add_payload(struct kimg_part *part, const struct layout *layout)
{
	uint64_t offset = span_le32(layout->s, 0x248), size = span_le32(layout->s, 0x24c);
	struct kimg_part *payload;

	if (layout->protocol < HAS_PAYLOAD) {
		field_unchecked(part, "payload");
		return;
	}
	if (size == 0) {
		note_bad(part, "payload_length is 0");
		return;
	}
	payload = part_add_payload(part, "payload", layout->code + offset, size, true);
	if (payload->codec)
		part_set_content_format(payload, &format_x86_payload);
	else if (span_starts(part_span(payload), SPAN_LITERAL("\177ELF")))
		part_nest(payload, &format_x86_payload);
	else if (!payload->truncated)
		note_bad(payload, "neither ELF nor of a known codec");
}

static void add_kernel_info(struct kimg_part *part, const struct layout *layout)
{
	uint64_t at = layout->code + span_le32(layout->s, 0x268);
	struct kimg_part *info;
	struct cursor c;
	uint32_t size, total;

	if (layout->protocol < HAS_INFO || at == layout->code)
		return;
	/* Of a file that is cut short the rest says so. */
	if (at >= layout->s.n && at < layout->code + layout->syssize)
		return;
	if (!span_has(layout->s, at, SPAN_LITERAL("LToP"))) {
		note_bad(part, "no kernel_info where kernel_info_offset points, at 0x%" PRIx64, at);
		return;
	}
	c = cursor_le(span_from(layout->s, at));
	cursor_skip(&c, 4);
	size = cursor_u32(&c);
	total = cursor_u32(&c);
	info = part_add(part, KIMG_PART_HEADER, "kernel-info", at, total < 12 ? 12 : total);
	field_number(info, "size", size);
	field_number(info, "size_total", total);
	if (size >= 16)
		field_hex(info, "setup_type_max", cursor_u32(&c));
	if (c.failed || size < 12 || total < size)
		note_bad(info, "its sizes contradict each other");
}

/* What stands behind the end that syssize tells. */
static void add_rest(struct kimg_part *part, const struct layout *layout)
{
	struct span rest = span_from(layout->s, layout->end);
	uint64_t there = layout->s.n > layout->code ? layout->s.n - layout->code : 0;

	if (layout->protocol < WIDE_SYSSIZE) {
		uint64_t paragraphs = (there + PARAGRAPH - 1) / PARAGRAPH;

		if ((paragraphs ^ layout->syssize / PARAGRAPH) & 0xffff)
			note_bad(part, "syssize contradicts the file's size (modulo 1 MiB)");
		return;
	}
	/* Up to 2.6.26 the last paragraph could be an incomplete one. */
	if (layout->syssize >= there + PARAGRAPH)
		note_bad(part,
			 "should hold %" PRIu64 " bytes of code by syssize, of which %" PRIu64
			 " are there",
			 layout->syssize, there);
	if (rest.n == 0)
		return;
	if (rest.n < X86_SECTOR && span_filled(rest, 0)) {
		part_add(part, KIMG_PART_PADDING, "padding", layout->end, rest.n);
		return;
	}
	part_add(part, KIMG_PART_GAP, "tail", layout->end, rest.n);
	note_bad(part, "%zu bytes follow behind the end that syssize tells", rest.n);
}

/* ---- the whole ---- */

static void find_layout(struct kimg_part *part, struct layout *layout, bool complain)
{
	struct span s = part_span(part);

	efi_stub_read(complain ? part : NULL, s, &layout->stub);
	s = span_clip(s, 0, layout->stub.end);
	layout->s = s;
	layout->protocol = x86_protocol(s);
	layout->code = x86_setup_size(s);
	layout->syssize = UINT64_C(16) * (layout->protocol >= WIDE_SYSSIZE ? span_le32(s, 0x1f4)
									   : span_le16(s, 0x1f4));
	layout->end = layout->code + layout->syssize;
	if (layout->protocol < WIDE_SYSSIZE || layout->end > s.n)
		layout->end = s.n;
}

static struct kimg_error *parse(struct kimg_part *part)
{
	struct layout layout;

	find_layout(part, &layout, true);
	field_printf(part, "protocol", "%u.%02u", span_le16(layout.s, 0x206) >> 8,
		     span_le16(layout.s, 0x206) & 0xff);
	version_text(part, &layout);
	part_fill(part, KIMG_PART_CODE, "code");
	add_setup(part, &layout);
	add_payload(part, &layout);
	add_kernel_info(part, &layout);
	add_checksum(part, &layout);
	add_rest(part, &layout);
	efi_stub_add(part, &layout.stub);
	return NULL;
}

static struct kimg_error *search(struct kimg_part *part)
{
	struct layout layout;

	find_layout(part, &layout, false);
	if (layout.protocol >= HAS_PAYLOAD)
		return NULL;
	if (part_search_payload(part, "payload", layout.code, layout.end, false)) {
		x86_mark_found(part);
		field_printf(part, "payload", "found");
	} else if (part_guess_payload(part, "payload", layout.code, layout.end, false)) {
		field_printf(part, "payload", "damaged");
	} else {
		field_printf(part, "payload", "none");
		note_bad(part, "no compressed kernel follows the setup code");
	}
	return NULL;
}

/* ---- the checksum ---- */

/*
 * The bytes that signing changed count as zero, as they were when the checksum was made: the PE header's
 * own CheckSum and the place of the certificate table.
 */
static size_t unsigned_pieces(const struct layout *layout, uint64_t end, struct span pieces[5])
{
	static const uint8_t zeroes[sizeof(struct pe_directory)];
	const struct pe *pe = &layout->stub.pe;
	uint64_t directory = pe->directories_offset + PE_CERTIFICATES * sizeof(struct pe_directory);
	uint64_t after = directory + sizeof(struct pe_directory);
	struct span s = layout->s;

	if (!layout->stub.present || pe->directories <= PE_CERTIFICATES || after > end ||
	    pe->checksum_offset + 4 > directory) {
		pieces[0] = span_clip(s, 0, end);
		return 1;
	}
	pieces[0] = span_clip(s, 0, pe->checksum_offset);
	pieces[1] = span_of(zeroes, 4);
	pieces[2] = span_clip(s, pe->checksum_offset + 4, directory - pe->checksum_offset - 4);
	pieces[3] = span_of(zeroes, sizeof(zeroes));
	pieces[4] = span_clip(s, after, end - after);
	return 5;
}

static struct kimg_part *child_named(struct kimg_part *part, const char *name)
{
	for (const struct kimg_part *child = part->children; child; child = child->next)
		if (strcmp(child->name, name) == 0)
			return (struct kimg_part *)child;
	return NULL;
}

static struct kimg_error *verify(struct kimg_part *part)
{
	struct kimg_part *crc = child_named(part, "crc32");
	struct digest digest = { 0 };
	struct span pieces[5];
	struct layout layout;
	uint8_t computed[CRC_SIZE];
	size_t n;

	if (!crc || crc->kind != KIMG_PART_CHECKSUM)
		return NULL;
	find_layout(part, &layout, false);
	n = unsigned_pieces(&layout, layout.end - CRC_SIZE, pieces);
	TRY(digest_compute("crc32", pieces, n, &digest));
	/* Stored little endian and without the inversion at the end that CRC-32 has everywhere else. */
	for (size_t i = 0; i < CRC_SIZE; i++)
		computed[i] = ~digest.bytes[CRC_SIZE - 1 - i];
	field_check(crc, "checksum", part_span(crc), span_of(computed, sizeof(computed)));
	return NULL;
}

const struct format format_bzimage = {
	.name = "bzimage",
	.title = "Linux x86 bzImage",
	.refines = &format_pe,
	.probe = bzimage_probe,
	.parse = parse,
	.search = search,
	.verify = verify,
};

const struct format format_zimage_x86 = {
	.name = "zimage-x86",
	.title = "Linux x86 zImage",
	.refines = &format_pe,
	.probe = zimage_probe,
	.parse = parse,
	.search = search,
	.verify = verify,
};
