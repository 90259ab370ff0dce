/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * EFI zboot image, a PE file that unpacks an Image: drivers/firmware/efi/libstub/zboot-header.S and Makefile.zboot,
 * since 6.1. All little endian:
 *
 *   0     4   "MZ", 0, 0
 *   4     4   "zimg"
 *   8     4   payload offset
 *   0xc   4   payload size, without the size word behind it; with gzip that word is the stream's own end
 *   0x10  8   reserved: 0
 *   0x18  32  compression type, text that ends with NUL: gzip lz4 lzma lzo xzkern zstd22; since 6.13 gzip, zstd
 *   0x38  4   LINUX_PE_MAGIC, since 6.6; 0 before
 *   0x3c  4   offset of the PE header
 */
#include <inttypes.h>

#include "codec/codec.h"
#include "format/efi_stub.h"
#include "format/registry.h"

#define TYPE_OFFSET 0x18
#define TYPE_SIZE   32
#define SIZE_WORD   4

/* The names of the kernel's own commands, cmd_xzkern and so on (scripts/Makefile.lib, 6.1). */
static const struct {
	const char *type;
	const struct codec *codec;
} types[] = {
	{ "gzip", &codec_gzip }, { "bzip2", &codec_bzip2 }, { "lzma", &codec_lzma },
	{ "lzo", &codec_lzo },   { "lz4", &codec_lz4 },     { "xzkern", &codec_xz },
	{ "xz", &codec_xz },     { "zstd", &codec_zstd },   { "zstd22", &codec_zstd },
};

static int probe(struct span s)
{
	return s.n >= IMAGE_HEADER_SIZE && span_starts(s, SPAN_LITERAL("MZ\0\0zimg")) ? 64 : 0;
}

static const struct codec *codec_of(struct span type)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (span_equal(type, span_of(types[i].type, strlen(types[i].type))))
			return types[i].codec;
	return NULL;
}

static void check_codec(struct kimg_part *header, const struct kimg_part *payload, struct span type)
{
	const struct codec *codec = codec_of(type);

	if (!codec)
		note_bad(header, "the compression type is none that a kernel has");
	if (type.n == TYPE_SIZE)
		note_bad(header, "the compression type has no end");
	if (payload->truncated && payload->size == 0)
		return;
	if (!payload->codec)
		note_bad(header, "the payload does not look like anything compressed");
	else if (codec && strcmp(codec->name, payload->codec) != 0)
		note_bad(header, "the compression type says %s, the payload is %s", codec->name,
			 payload->codec);
}

static struct kimg_part *add_header(struct kimg_part *part, struct span s, struct span type)
{
	struct kimg_part *header = part_add(part, KIMG_PART_HEADER, "header", 0, IMAGE_HEADER_SIZE);
	struct cursor c = cursor_le(s);

	field_hex(header, "mz_magic", cursor_u32(&c));
	field_text(header, "image_type", cursor_take(&c, 4));
	field_hex(header, "payload_offset", cursor_u32(&c));
	field_number(header, "payload_size", cursor_u32(&c));
	field_hex(header, "reserved", cursor_u64(&c));
	field_text(header, "compression_type", type);
	cursor_seek(&c, 0x38);
	field_hex(header, "linux_pe_magic", cursor_u32(&c));
	field_hex(header, "pe_header", cursor_u32(&c));
	return header;
}

static struct kimg_error *parse(struct kimg_part *part)
{
	struct span s = part_span(part), type = span_text(span_clip(s, TYPE_OFFSET, TYPE_SIZE));
	struct kimg_part *header = add_header(part, s, type), *payload;
	uint64_t offset = span_le32(s, 8), size = span_le32(s, 0xc);
	struct efi_stub stub;

	efi_stub_read(part, s, &stub);
	part_fill(part, KIMG_PART_CODE, "code");
	if (size == 0)
		note_bad(header, "payload_size is 0");
	if (codec_detect(span_clip(s, offset, size), NULL) != &codec_gzip)
		size += SIZE_WORD;
	payload = part_add_payload(part, "payload", offset, size, true);
	check_codec(header, payload, type);
	efi_stub_add(part, &stub);
	return NULL;
}

const struct format format_zboot = {
	.name = "zboot",
	.title = "Linux EFI zboot image",
	.refines = &format_pe,
	.probe = probe,
	.parse = parse,
};
