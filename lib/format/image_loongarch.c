/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LoongArch Image, always a PE file: Documentation/arch/loongarch/booting.rst (6.12). All little endian:
 *
 *   0     4  "MZ", 0, 0
 *   4     4  res0: 0; zboot has its name here
 *   8     8  kernel_entry  address in memory
 *   0x10  8  image size    in memory, .bss included
 *   0x18  8  load_offset   from the start of memory
 *   0x20  8  res1, res2, res3: 0
 *   0x38  4  LINUX_PE_MAGIC, since 6.3; 0 before
 *   0x3c  4  offset of the PE header, whose machine must be LoongArch
 */
#include <inttypes.h>

#include "format/efi_stub.h"
#include "format/registry.h"

/* LoongArch physical addresses have at most 60 bits; the top four choose how memory is reached. */
#define MEMORY_END (UINT64_C(1) << 60)

static int probe(struct span s)
{
	uint32_t magic = span_le32(s, 0x38);
	uint64_t pe = span_le32(s, 0x3c);

	if (s.n < IMAGE_HEADER_SIZE || !span_starts(s, SPAN_LITERAL("MZ\0\0\0\0\0\0")) ||
	    !span_le64(s, 8) || !span_le64(s, 0x10))
		return 0;
	if ((magic && magic != EFI_STUB_LINUX_MAGIC) || !span_has(s, pe, SPAN_LITERAL("PE\0\0")) ||
	    span_le16(s, pe + 4) != PE_MACHINE_LOONGARCH64)
		return 0;
	return magic ? 144 : 112;
}

static struct kimg_error *parse(struct kimg_part *part)
{
	struct cursor c = cursor_le(part_span(part));
	struct kimg_part *header;
	struct efi_stub stub;
	uint64_t size;

	efi_stub_read(part, part_span(part), &stub);
	header = efi_stub_add_image(part, &stub);
	cursor_skip(&c, 4);
	field_hex(header, "res0", cursor_u32(&c));
	field_hex(header, "kernel_entry", cursor_u64(&c));
	size = cursor_u64(&c);
	field_number(header, "image_size", size);
	if (size >= MEMORY_END)
		note_bad(header, "image_size is larger than any memory");
	else if (size < stub.end)
		note(header, "image_size is %" PRIu64 " bytes less than there are",
		     stub.end - size);
	field_hex(header, "load_offset", cursor_u64(&c));
	field_hex(header, "res1", cursor_u64(&c));
	field_hex(header, "res2", cursor_u64(&c));
	field_hex(header, "res3", cursor_u64(&c));
	field_hex(header, "linux_pe_magic", cursor_u32(&c));
	field_hex(header, "pe_header", cursor_u32(&c));
	efi_stub_add(part, &stub);
	return NULL;
}

const struct format format_image_loongarch = {
	.name = "image-loongarch",
	.title = "Linux LoongArch Image",
	.refines = &format_pe,
	.probe = probe,
	.parse = parse,
};
