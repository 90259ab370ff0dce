/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How large the kernel would be, compressed. */
#include <elf.h>

#include "codec/codec.h"
#include "format/part.h"
#include "size/size.h"

/* The file up to the end of what is loaded: without symbols and debugging information. */
static struct span loaded(const struct kimg_size *size)
{
	struct elf_section section;
	uint64_t end = 0;

	for (uint32_t i = 1; elf_section_at(&size->elf, i, &section); i++) {
		if (!(section.flags & SHF_ALLOC) || !elf_section_has_bytes(&section))
			continue;
		if (add_saturated(section.offset, section.size) > end)
			end = add_saturated(section.offset, section.size);
	}
	return end ? span_clip(size->kernel, 0, end) : size->kernel;
}

/* What came out of the innermost codec on the way to the kernel; where there is none, the kernel itself. */
static struct span decoded(const struct kimg_size *size, const struct kimg_part *kernel)
{
	for (const struct kimg_part *part = kernel; part->parent; part = part->parent)
		if (part->parent->content == part && part->parent->codec)
			return part_span(part);
	return size->has_elf ? loaded(size) : size->kernel;
}

struct kimg_error *kimg_size_payload(const struct kimg_size *size, const void **ret_bytes,
				     uint64_t *ret_size)
{
	const struct kimg_part *kernel;
	struct span payload;

	if (!size->kernel.n)
		return error_new(KIMG_E_NOT_FOUND, "a table of symbols holds no kernel");
	if (size->has_elf && size->elf.type == ET_REL)
		return error_new(KIMG_E_UNSUPPORTED, "a module is not compressed as a kernel is");
	if (size->image) {
		TRY(kimg_image_kernel(size->image, &kernel));
		payload = decoded(size, kernel);
	} else {
		payload = loaded(size);
	}
	*ret_bytes = payload.p;
	*ret_size = payload.n;
	return NULL;
}

const char *kimg_size_codec(unsigned int index)
{
	for (unsigned int i = 0; codec_all[i]; i++)
		if (i == index)
			return codec_all[i]->name;
	return NULL;
}

/* The machine that decides on the filter of xz: EM_NONE where nobody says. */
static uint16_t machine_of(const struct kimg_size *size)
{
	return size->has_elf ? size->elf.machine : EM_NONE;
}

struct kimg_error *kimg_size_compressed(const struct kimg_size *size, const char *codec,
					uint64_t *ret_size)
{
	const struct codec *driver = codec_by_name(codec);
	struct codec_options options = { .bcj = codec_bcj_of_machine(machine_of(size)) };
	const void *bytes;
	uint64_t n;

	if (!driver)
		return error_new(KIMG_E_INVALID, "no codec is called %s", codec);
	TRY(kimg_size_payload(size, &bytes, &n));
	return codec_encoded_size(driver, span_of(bytes, n), &options, ret_size);
}
