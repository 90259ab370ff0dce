/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * arm64 Image: Documentation/arch/arm64/booting.rst (6.12). All little endian:
 *
 *   0     4  code0        "MZ" opens it where there is an EFI stub
 *   4     4  code1
 *   8     8  text_offset  before 3.17 in the kernel's own byte order, and 0x80000
 *   0x10  8  image_size   in memory, .bss included; 0 before 3.17
 *   0x18  8  flags        bit 0 big endian; bits 1-2 page size; bit 3 where it may lie
 *   0x20  8  res2, res3, res4: 0
 *   0x38  4  magic        "ARM\x64"
 *   0x3c  4  res5         offset of the PE header
 */
#include <inttypes.h>

#include "format/efi_stub.h"
#include "format/registry.h"

#define OLD_TEXT_OFFSET 0x80000u

/* No arm64 CPU addresses more physical memory (52 bits). */
#define MEMORY_END (UINT64_C(1) << 52)

static int probe(struct span s)
{
	return s.n >= IMAGE_HEADER_SIZE && span_has(s, 0x38, SPAN_LITERAL("ARM\x64")) ? 32 : 0;
}

static void add_flags(struct kimg_part *header, uint64_t flags)
{
	static const char *const pages[] = { "page size unspecified", "4K pages", "16K pages",
					     "64K pages" };
	uint64_t rest = flags >> 4;

	field_hex_as(header, "flags", flags, "%s, %s, %s%s",
		     flags & 1 ? "big endian" : "little endian", pages[flags >> 1 & 3],
		     flags & 8 ? "anywhere in memory" : "close to the start of memory",
		     rest ? ", reserved bits set" : "");
}

static void add_text_offset(struct kimg_part *header, uint64_t offset, uint64_t image_size)
{
	if (image_size)
		field_hex(header, "text_offset", offset);
	else if (be64toh(htole64(offset)) == OLD_TEXT_OFFSET)
		field_hex_as(header, "text_offset", OLD_TEXT_OFFSET, "stored big endian");
	else
		field_hex_as(header, "text_offset", offset, "before 3.17: 0x%x", OLD_TEXT_OFFSET);
}

static void add_image_size(struct kimg_part *header, uint64_t size, uint64_t there)
{
	if (size == 0) {
		field_number_as(header, "image_size", size, "not known, before 3.17");
		return;
	}
	field_number(header, "image_size", size);
	if (size >= MEMORY_END)
		note_bad(header, "image_size is larger than any memory");
	else if (size < there)
		note(header, "image_size is %" PRIu64 " bytes less than there are", there - size);
}

static struct kimg_error *parse(struct kimg_part *part)
{
	struct cursor c = cursor_le(part_span(part));
	struct kimg_part *header;
	struct efi_stub stub;
	uint64_t text_offset, image_size;

	efi_stub_read(part, part_span(part), &stub);
	header = efi_stub_add_image(part, &stub);
	field_hex(header, "code0", cursor_u32(&c));
	field_hex(header, "code1", cursor_u32(&c));
	text_offset = cursor_u64(&c);
	image_size = cursor_u64(&c);
	add_text_offset(header, text_offset, image_size);
	add_image_size(header, image_size, stub.end);
	add_flags(header, cursor_u64(&c));
	field_hex(header, "res2", cursor_u64(&c));
	field_hex(header, "res3", cursor_u64(&c));
	field_hex(header, "res4", cursor_u64(&c));
	field_hex(header, "magic", cursor_u32(&c));
	field_hex(header, "res5", cursor_u32(&c));
	efi_stub_add(part, &stub);
	return NULL;
}

const struct format format_image_arm64 = {
	.name = "image-arm64",
	.title = "Linux arm64 Image",
	.refines = &format_pe,
	.probe = probe,
	.parse = parse,
};
