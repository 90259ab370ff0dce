/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RISC-V Image: Documentation/arch/riscv/boot-image-header.rst (6.12), since 5.3. All little endian:
 *
 *   0     4  code0        "MZ" opens it where there is an EFI stub
 *   4     4  code1
 *   8     8  text_offset
 *   0x10  8  image_size   in memory, .bss included
 *   0x18  8  flags        bit 0 big endian
 *   0x20  4  version      minor in bits 0-15, major above
 *   0x24  4  res1, and 8 res2: 0
 *   0x30  8  magic        "RISCV\0\0\0"; deprecated since version 0.2
 *   0x38  4  magic2       "RSC\x05", since version 0.2
 *   0x3c  4  res3         offset of the PE header
 */
#include <inttypes.h>

#include "format/efi_stub.h"
#include "format/registry.h"

/* RISC-V physical addresses have at most 56 bits. */
#define MEMORY_END (UINT64_C(1) << 56)

static int probe(struct span s)
{
	if (s.n < IMAGE_HEADER_SIZE)
		return 0;
	return (span_has(s, 0x30, SPAN_LITERAL("RISCV\0\0\0")) ? 64 : 0) +
	       (span_has(s, 0x38, SPAN_LITERAL("RSC\x05")) ? 32 : 0);
}

static void add_version(struct kimg_part *header, uint32_t version)
{
	field_hex_as(header, "version", version, "%" PRIu32 ".%" PRIu32, version >> 16,
		     version & 0xffff);
}

static void add_image_size(struct kimg_part *header, uint64_t size, uint64_t there)
{
	field_number(header, "image_size", size);
	if (size == 0 || size >= MEMORY_END)
		note_bad(header, "image_size is %s", size ? "larger than any memory" : "0");
	else if (size < there)
		note(header, "image_size is %" PRIu64 " bytes less than there are", there - size);
}

static struct kimg_error *parse(struct kimg_part *part)
{
	struct cursor c = cursor_le(part_span(part));
	struct kimg_part *header;
	struct efi_stub stub;
	uint64_t flags;

	efi_stub_read(part, part_span(part), &stub);
	header = efi_stub_add_image(part, &stub);
	field_hex(header, "code0", cursor_u32(&c));
	field_hex(header, "code1", cursor_u32(&c));
	field_hex(header, "text_offset", cursor_u64(&c));
	add_image_size(header, cursor_u64(&c), stub.end);
	flags = cursor_u64(&c);
	field_hex_as(header, "flags", flags, "%s%s", flags & 1 ? "big endian" : "little endian",
		     flags >> 1 ? ", reserved bits set" : "");
	add_version(header, cursor_u32(&c));
	field_hex(header, "res1", cursor_u32(&c));
	field_hex(header, "res2", cursor_u64(&c));
	field_text(header, "magic", cursor_take(&c, 8));
	field_hex(header, "magic2", cursor_u32(&c));
	field_hex(header, "res3", cursor_u32(&c));
	efi_stub_add(part, &stub);
	return NULL;
}

const struct format format_image_riscv = {
	.name = "image-riscv",
	.title = "Linux RISC-V Image",
	.refines = &format_pe,
	.probe = probe,
	.parse = parse,
};
