/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The code of a kernel, as its vmlinux or image has it. */
#include "oops/calls.h"

#include "format/part.h"
#include "oops/instructions.h"
#include "symbol/map_match.h"

static bool open_bytes(const struct oops_table *table, struct span bytes, struct text *text)
{
	struct kimg_error *error;

	text->is_elf = elf_is(bytes);
	text->raw = bytes;
	if (!text->is_elf)
		return kimg_symbols_base(table->side->symbols, &text->base);
	error = elf_open(bytes, &text->elf);
	kimg_error_free(error);
	text->options.big_endian = !error && text->elf.big_endian;
	return !error;
}

bool text_open(const struct oops_table *table, const struct kimg_oops *oops, struct text *ret_text)
{
	const struct kimg_symbols *symbols = table_symbols(table);
	const struct kimg_part *kernel;
	struct kimg_error *error;

	*ret_text = (struct text){ 0 };
	if (!symbols || table->is_module || !oops_disasm_options(oops, false, &ret_text->options))
		return false;
	ret_text->options.bits = symbols->bits;
	if (!symbols->image)
		return elf_is(symbols->file) && open_bytes(table, symbols->file, ret_text);
	error = kimg_image_kernel(symbols->image, &kernel);
	kimg_error_free(error);
	return !error && open_bytes(table, part_span(kernel), ret_text);
}

bool text_bytes(const struct text *text, uint64_t address, size_t size, struct span *ret_bytes)
{
	uint64_t offset = address - text->base, last;

	if (size == 0)
		return false;
	if (text->is_elf && (!elf_vaddr_to_offset(&text->elf, address, &offset) ||
			     !elf_vaddr_to_offset(&text->elf, address + size - 1, &last) ||
			     last - offset != size - 1))
		return false;
	*ret_bytes = span_clip(text->raw, offset, size);
	return ret_bytes->n > 0;
}
