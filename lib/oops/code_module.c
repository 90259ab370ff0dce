/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The code of a module, as its file has it: relocations are not applied, and they tell what is called:
 *	Elf64_Rela: offset 8, info 8 (symbol << 32 | type), addend 8     Elf64_Rel: without addend
 *	Elf32_Rela: offset 4, info 4 (symbol << 8 | type), addend 4      Elf32_Rel: without addend
 */
#include "oops/code_module.h"

#include <elf.h>

#include "symbol/symbols.h"

static bool section_start(const struct kimg_symbols *symbols, const char *name,
			  uint64_t *ret_address)
{
	for (size_t i = 1; i < symbols->section_count; i++)
		if (strcmp(symbols->sections[i].name, name) == 0)
			return kimg_symbols_section_address(symbols, i, ret_address);
	return false;
}

static void find_relocations(struct code_module *module, uint32_t code)
{
	struct elf_section section;

	for (uint32_t i = 0; i < module->elf.sections; i++) {
		if (!elf_section_at(&module->elf, i, &section) || section.info != code ||
		    (section.type != SHT_RELA && section.type != SHT_REL))
			continue;
		module->relocations = elf_section_bytes(&module->elf, &section);
		module->has_addends = section.type == SHT_RELA;
		if (!elf_section_at(&module->elf, section.link, &module->symbols))
			module->relocations = (struct span){ 0 };
		return;
	}
}

bool code_module_open(const struct kimg_symbols *symbols, const char *section,
		      struct code_module *ret_module)
{
	struct elf_section code;
	struct kimg_error *error;

	*ret_module = (struct code_module){ 0 };
	if (!elf_is(symbols->file) || !section_start(symbols, section, &ret_module->start))
		return false;
	error = elf_open(symbols->file, &ret_module->elf);
	kimg_error_free(error);
	if (error || !elf_section(&ret_module->elf, section, &code))
		return false;
	ret_module->code = elf_section_bytes(&ret_module->elf, &code);
	/* MIPS has a form of its own */
	if (ret_module->elf.machine != EM_MIPS)
		find_relocations(ret_module, code.index);
	return true;
}

struct span code_module_bytes(const struct code_module *module, uint64_t address, size_t size)
{
	if (address < module->start)
		return (struct span){ 0 };
	return span_clip(module->code, address - module->start, size);
}

static struct cursor cursor_of(const struct code_module *module, struct span bytes)
{
	return module->elf.big_endian ? cursor_be(bytes) : cursor_le(bytes);
}

/* The name of a symbol that has one, and whether it is the module's own. */
static bool name_of(const struct code_module *module, uint64_t index, struct span *ret_name,
		    bool *ret_own)
{
	size_t size = module->elf.is64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
	struct span all = elf_section_bytes(&module->elf, &module->symbols), entry;
	struct elf_section names;
	struct cursor cursor;
	uint32_t name;

	if (index > all.n / size || !span_sub(all, index * size, size, &entry) ||
	    !elf_section_at(&module->elf, module->symbols.link, &names))
		return false;
	cursor = cursor_of(module, entry);
	name = cursor_u32(&cursor);
	cursor_seek(&cursor, module->elf.is64 ? 6 : 14);
	*ret_own = cursor_u16(&cursor) != SHN_UNDEF;
	*ret_name = span_text(span_from(elf_section_bytes(&module->elf, &names), name));
	return ret_name->n > 0;
}

bool code_module_callee(const struct code_module *module, uint64_t address, size_t size,
			struct span *ret_name, bool *ret_own)
{
	unsigned int width = module->elf.is64 ? 8 : 4;
	size_t entry = width * (module->has_addends ? 3 : 2);
	uint64_t from = address - module->start;

	for (size_t at = 0; at + entry <= module->relocations.n; at += entry) {
		struct cursor cursor = cursor_of(module, span_clip(module->relocations, at, entry));
		uint64_t offset = width == 8 ? cursor_u64(&cursor) : cursor_u32(&cursor);
		uint64_t info = width == 8 ? cursor_u64(&cursor) : cursor_u32(&cursor);

		if (offset >= from && offset - from < size &&
		    name_of(module, width == 8 ? info >> 32 : info >> 8, ret_name, ret_own))
			return true;
	}
	return false;
}
