/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The symbols of a module, an ELF file of type ET_REL. What of it is read:
 *
 * .symtab                      values count from the start of their sections
 * section headers              where these go when the module is loaded: module_layout.c
 * .modinfo                     "name=kcrash\0", since 4.13 (scripts/mod/modpost.c)
 * .gnu.linkonce.this_module    struct module, of 2.6 and later: enum module_state, struct list_head, char name[]
 */
#include <elf.h>

#include "symbol/elf_symtab.h"
#include "symbol/module_layout.h"
#include "symbol/readers.h"

struct reader {
	struct kimg_symbols *symbols;
	const struct elf *elf;
	struct elf_symtab symtab;
	struct module_section *sections;
	char *letters;     /* of each section, as of nm(1) */
	uint16_t *indexes; /* of each section, in the table of symbols */
	size_t section_count;
	bool loaded;    /* sections are where the kernel put them; what is not there is gone */
	size_t dropped; /* symbols whose names cannot be read, or are too long */
};

/* ---- the name ---- */

static bool is_module_name(struct span name)
{
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] <= ' ' || name.p[i] >= 0x7f || memchr("/[]", name.p[i], 3))
			return false;
	return name.n > 0 && name.n < 64;
}

static bool name_in_modinfo(const struct elf *elf, struct span *ret_name)
{
	struct elf_section section;
	struct span rest, line;

	if (!elf_section(elf, ".modinfo", &section))
		return false;
	rest = elf_section_bytes(elf, &section);
	for (; rest.n; rest = span_from(rest, line.n + 1)) {
		line = span_text(rest);
		if (span_starts(line, SPAN_LITERAL("name="))) {
			*ret_name = span_from(line, strlen("name="));
			return is_module_name(*ret_name);
		}
	}
	return false;
}

static bool name_in_this_module(const struct elf *elf, struct span *ret_name)
{
	struct elf_section section;

	if (!elf_section(elf, ".gnu.linkonce.this_module", &section))
		return false;
	*ret_name = span_text(span_clip(elf_section_bytes(elf, &section), elf->is64 ? 24 : 12, 64));
	return is_module_name(*ret_name);
}

/* Where neither says it, symbols_name_module() takes it from the name of the file. */
static struct kimg_error *read_name(struct reader *r)
{
	uint16_t index;
	struct span name;

	if (!name_in_modinfo(r->elf, &name) && !name_in_this_module(r->elf, &name))
		return NULL;
	return symbols_add_module(r->symbols, name, &index);
}

struct kimg_error *symbols_name_module(struct kimg_symbols *symbols, const char *path)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	cleanup_free char *name = strndup(base, strcspn(base, "."));
	uint16_t index;

	if (!name)
		return error_nomem();
	if (symbols->module_count > 1 || !*name || strcmp(name, "-") == 0)
		return NULL;
	/* kernel/module/main.c: names have no dashes, files may */
	for (char *p = name; *p; p++)
		if (*p == '-')
			*p = '_';
	TRY(symbols_add_module(symbols, span_of(name, strlen(name)), &index));
	for (size_t i = 0; i < symbols->n; i++)
		symbols->all[i].module = index;
	return NULL;
}

/* ---- sections ---- */

static struct kimg_error *place_sections(struct reader *r,
					 const struct kimg_symbols_options *options)
{
	const char *name = kimg_symbols_module_name(r->symbols, 1);
	size_t missing;

	r->loaded = options->sections != NULL;
	if (!r->loaded)
		return module_lay_out(r->sections, r->section_count, r->elf->is64);
	TRY(module_place(r->sections, r->section_count, options->sections, name ? name : "",
			 &missing));
	if (missing)
		symbols_note(r->symbols, false,
			     "left out: the symbols of %zu sections that have no address in %s",
			     missing, options->sections);
	return NULL;
}

static struct kimg_error *read_sections(struct reader *r)
{
	struct elf_section section;

	r->letters = calloc(r->section_count + 1, sizeof(*r->letters));
	r->indexes = calloc(r->section_count + 1, sizeof(*r->indexes));
	if (!r->letters || !r->indexes)
		return error_nomem();
	for (size_t i = 0; i < r->section_count && elf_section_at(r->elf, i, &section); i++) {
		r->letters[i] = elf_section_letter(&r->symtab, &section);
		if (section.type != SHT_NULL)
			TRY(symbols_add_section(r->symbols, section.name, r->sections[i].address,
						section.size, &r->indexes[i]));
	}
	return NULL;
}

/* ---- symbols ---- */

static struct kimg_error *add(struct reader *r, const struct elf_symbol *symbol)
{
	bool in_section = symbol->section && symbol->section < r->section_count;
	struct kimg_symbol new = {
		.address = elf_symbol_address(r->elf, symbol),
		.size = symbol->size,
		.name = (const char *)symbol->name.p,
		.name_size = symbol->name.n,
		.module = r->symbols->module_count > 1,
		.type = 'a',
		.flags = elf_symbol_flags(symbol),
	};

	if (in_section && r->loaded && !r->sections[symbol->section].placed)
		return NULL;
	new.type =
		elf_symbol_letter(r->elf, symbol, in_section ? r->letters[symbol->section] : 'a');
	if (in_section) {
		new.address += r->sections[symbol->section].address;
		new.section = r->indexes[symbol->section];
	}
	if (r->symbols->bits == 32)
		new.address &= UINT32_MAX;
	if (!in_section || !r->sections[symbol->section].placed || symbol->name.n == 0 ||
	    symbol_name_is_internal(symbol->name))
		new.flags |= KIMG_SYMBOL_HIDDEN;
	return symbols_add(r->symbols, &new);
}

static struct kimg_error *read_symbols(struct reader *r)
{
	struct elf_symbol symbol;

	TRY(symbols_reserve(r->symbols, r->symtab.count));
	for (size_t i = 1; elf_symtab_at(&r->symtab, i, &symbol); i++) {
		TRY(elf_symtab_count_name(&r->symtab, symbol.name.n));
		if (!elf_symbol_is_listed(r->elf, &symbol))
			continue;
		if (symbol.bad_name || symbol.long_name)
			r->dropped++;
		else
			TRY(add(r, &symbol));
	}
	if (r->symtab.cut)
		symbols_note(r->symbols, true,
			     "the symbol table or its names run past the end of the file");
	if (r->dropped)
		symbols_note(r->symbols, true,
			     "left out: %zu symbols whose names are damaged or too long",
			     r->dropped);
	return NULL;
}

static struct kimg_error *read_module(struct reader *r, const struct kimg_symbols_options *options)
{
	TRY(read_name(r));
	TRY(module_sections(r->elf, &r->sections, &r->section_count));
	TRY(place_sections(r, options));
	TRY(read_sections(r));
	TRY(read_symbols(r));
	return symbols_finish(r->symbols, 0);
}

struct kimg_error *symbols_read_module(const struct elf *elf,
				       const struct kimg_symbols_options *options,
				       struct kimg_symbols **ret_symbols)
{
	cleanup_symbols struct kimg_symbols *symbols = NULL;
	struct reader r = { .elf = elf };
	struct kimg_error *error;

	TRY(elf_symtab_open(elf, &r.symtab));
	TRY(symbols_new(KIMG_SYMBOLS_MODULE, &symbols));
	symbols->bits = elf->is64 ? 64 : 32;
	r.symbols = symbols;
	error = read_module(&r, options);
	free(r.sections);
	free(r.letters);
	free(r.indexes);
	if (error)
		return error;
	*ret_symbols = symbols;
	symbols = NULL;
	return NULL;
}
