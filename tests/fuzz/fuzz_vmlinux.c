/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An ELF out of arbitrary bytes: what is made of them can be read, and has the symbols that it should have. */
#include <stdlib.h>

#include "format/elf.h"
#include "kimg/vmlinux.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct kimg_limits limits = {
	.output = 4 << 20, .memory = 32 << 20, .input = 64 << 20, .depth = 8, .parts = 2000
};

static void check(const struct kimg_vmlinux *vmlinux)
{
	const struct kimg_vmlinux_facts *facts = kimg_vmlinux_facts(vmlinux);
	size_t n, size = 0;
	const struct kimg_vmlinux_piece *pieces = kimg_vmlinux_pieces(vmlinux, &n);
	cleanup_free uint8_t *file = malloc(facts->size ? facts->size : 1);
	struct elf_section section;
	struct elf elf;

	if (!file)
		return;
	for (size_t i = 0; i < n; size += pieces[i++].size)
		memcpy(file + size, pieces[i].bytes, pieces[i].size);
	if (size != facts->size)
		abort();
	if (elf_open(span_of(file, size), &elf))
		abort();
	if (facts->origin == KIMG_VMLINUX_AS_IS)
		return;
	if (elf.sections != elf.shnum || elf.segments != elf.phnum)
		abort();
	if (facts->symbols &&
	    (!elf_section(&elf, ".symtab", &section) ||
	     elf_section_bytes(&elf, &section).n != (facts->symbols + 1) * (elf.is64 ? 24 : 16)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kimg_options of_image = { .depth = KIMG_HEADERS, .limits = limits };
	struct kimg_vmlinux_options options = {
		.symbols = { .limits = limits,
			     .has_base = size % 3 == 0,
			     .base = 0xffff800080000000,
			     .shift = size % 2 ? 0x1000000 : 0 },
		.no_symbols = size % 3 == 0,
	};
	struct kimg_vmlinux *vmlinux = NULL;
	struct kimg_image *image = NULL;

	kimg_error_free(kimg_image_open_bytes(data, size, &of_image, &image));
	if (image)
		kimg_error_free(kimg_vmlinux_make(image, &options, &vmlinux));
	if (vmlinux)
		check(vmlinux);
	kimg_vmlinux_free(vmlinux);
	kimg_image_free(image);
	return 0;
}
