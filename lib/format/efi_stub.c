/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all kernel images with an EFI stub share: they are PE files, and may be signed as such. */
#include "format/efi_stub.h"

#include "format/dtree.h"

void efi_stub_read(struct kimg_part *part, struct span s, struct efi_stub *ret)
{
	const struct pe_directory *directory = &ret->pe.directory[PE_CERTIFICATES];
	struct kimg_error *error;

	*ret = (struct efi_stub){ .end = s.n };
	if (!span_starts(s, SPAN_LITERAL("MZ")))
		return;
	error = pe_read(s, &ret->pe);
	if (error) {
		if (part)
			note_bad(part, "PE header: %s", kimg_error_message(error));
		kimg_error_free(error);
		return;
	}
	ret->present = true;
	/* The one directory whose address is an offset in the file (PE format, attribute certificates). */
	if (ret->pe.directories > PE_CERTIFICATES && directory->size &&
	    directory->address >= pe_headers_size(&ret->pe) && directory->address < s.n)
		ret->end = directory->address;
}

void efi_stub_add(struct kimg_part *part, const struct efi_stub *stub)
{
	const struct pe_directory *directory = &stub->pe.directory[PE_CERTIFICATES];

	if (!stub->present)
		return;
	pe_add_certificates(part, &stub->pe);
	if (stub->end < part->size)
		dtree_add_all(part, (uint64_t)directory->address + directory->size);
	pe_add_view(part);
}

/* Where the headers place the end of the last section's bytes; 0 without sections. */
static uint64_t sections_end(const struct efi_stub *stub)
{
	struct pe_section section;
	uint64_t end = 0;

	for (unsigned int i = 0; stub->present && pe_section(&stub->pe, i, &section); i++) {
		uint64_t here = (uint64_t)section.pointer_to_raw_data + section.size_of_raw_data;

		if (section.size_of_raw_data && here > end)
			end = here;
	}
	return end;
}

struct kimg_part *efi_stub_add_image(struct kimg_part *part, const struct efi_stub *stub)
{
	struct kimg_part *kernel, *header;
	uint64_t end = sections_end(stub);

	part->kind = KIMG_PART_KERNEL;
	if (end <= IMAGE_HEADER_SIZE)
		end = stub->end;
	/* Image-dtb: device trees behind the sections, as some boot loaders of Android devices want them. */
	if (end < stub->end && dtree_probe(span_from(part_span(part), end)) > 32) {
		kernel = part_add(part, KIMG_PART_KERNEL, "kernel", 0, end);
		dtree_add_all(part, end);
	} else {
		kernel = part_add(part, KIMG_PART_KERNEL, "kernel", 0, stub->end);
	}
	header = part_add(kernel, KIMG_PART_HEADER, "header", 0, IMAGE_HEADER_SIZE);
	/* Behind the sections there may be padding: for .bss in an Image that comes out of zboot. */
	if (end > IMAGE_HEADER_SIZE)
		part_add(kernel, KIMG_PART_DATA, "image", IMAGE_HEADER_SIZE,
			 end - IMAGE_HEADER_SIZE);
	return header;
}
