/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The symbols of a vmlinux: all that nm(1) lists, with its letters, out of the ELF symbol table. */
#include <elf.h>

#include "kernel/facts.h"
#include "symbol/blocks.h"
#include "symbol/elf_symtab.h"
#include "symbol/elf_wanted.h"
#include "symbol/readers.h"

/* What is asked of the section of each symbol, made once a section. */
struct section_facts {
	char letter;
	bool in_memory;
	uint16_t index; /* in the table of symbols */
};

struct reader {
	struct kimg_symbols *symbols;
	const struct elf *elf;
	struct elf_symtab symtab;
	struct section_facts *sections;
	size_t bad_names;  /* symbols that were dropped as their names cannot be read */
	size_t long_names; /* ... as their names are too long */
	uint64_t banner;   /* the address of linux_banner */
	bool has_banner;
	const struct kimg_symbols_options *options;
	bool only_near;     /* symbols far from options->near are left out */
	struct blocks near; /* the blocks of memory that these may be in */
	bool only_wanted;   /* and those that options->names do not need */
	struct elf_wanted wanted;
};

static struct kimg_error *read_sections(struct reader *reader)
{
	struct elf_section section;

	reader->sections = calloc(reader->elf->sections + (size_t)1, sizeof(*reader->sections));
	if (!reader->sections)
		return error_nomem();
	for (uint32_t i = 0; elf_section_at(reader->elf, i, &section); i++) {
		struct section_facts *facts = &reader->sections[i];

		facts->letter = elf_section_letter(&reader->symtab, &section);
		facts->in_memory = section.flags & SHF_ALLOC;
		if (section.type != SHT_NULL)
			TRY(symbols_add_section(reader->symbols, section.name, section.addr,
						section.size, &facts->index));
	}
	return NULL;
}

static const struct section_facts *section_of(const struct reader *reader,
					      const struct elf_symbol *symbol)
{
	static const struct section_facts nowhere = { .letter = 'a' };

	return symbol->section < reader->elf->sections ? &reader->sections[symbol->section]
						       : &nowhere;
}

static bool is_hidden(const struct reader *reader, const struct elf_symbol *symbol)
{
	return !section_of(reader, symbol)->in_memory || symbol->name.n == 0 ||
	       symbol_name_is_internal(symbol->name);
}

/* For elf_wanted_find(). */
static bool is_visible(void *context, const struct elf_symbol *symbol)
{
	const struct reader *reader = context;

	return !symbol->bad_name && !symbol->long_name &&
	       elf_symbol_is_listed(reader->elf, symbol) && !is_hidden(reader, symbol);
}

static struct kimg_error *add(struct reader *reader, const struct elf_symbol *symbol)
{
	const struct section_facts *section = section_of(reader, symbol);
	struct kimg_symbol new = {
		.address = elf_symbol_address(reader->elf, symbol),
		.size = symbol->size,
		.name = (const char *)symbol->name.p,
		.name_size = symbol->name.n,
		.section = section->index,
		.type = elf_symbol_letter(reader->elf, symbol, section->letter),
		.flags = elf_symbol_flags(symbol),
	};

	if (is_hidden(reader, symbol))
		new.flags |= KIMG_SYMBOL_HIDDEN;
	else if (span_equal(symbol->name, SPAN_LITERAL("linux_banner"))) {
		reader->banner = new.address;
		reader->has_banner = true;
	}
	return symbols_add(reader->symbols, &new);
}

/* How far from an address its symbol, and the next one, are looked for at first: few are as far apart. */
enum { NEAR_SHIFT = 18, NEAR_BYTES = 1 << NEAR_SHIFT };

static void add_near_blocks(struct reader *reader)
{
	reader->near.shift = NEAR_SHIFT;
	for (size_t i = 0; i < reader->options->near_count; i++)
		for (int away = -1; away <= 1; away++)
			blocks_add(&reader->near, reader->options->near[i], away);
}

static bool is_near(const struct reader *reader, uint64_t value)
{
	if (!blocks_have(&reader->near, value))
		return false;
	for (size_t i = 0; i < reader->options->near_count; i++)
		if (value - reader->options->near[i] + NEAR_BYTES <= 2 * NEAR_BYTES)
			return true;
	return false;
}

static bool is_left_out(const struct reader *reader, uint64_t value)
{
	if (reader->only_wanted)
		return !elf_wanted_has(&reader->wanted, value);
	return reader->only_near && !is_near(reader, value);
}

static struct kimg_error *read_symbol(struct reader *reader, size_t i)
{
	struct elf_symbol symbol;

	elf_symtab_at(&reader->symtab, i, &symbol);
	TRY(elf_symtab_count_name(&reader->symtab, symbol.name.n));
	if (!elf_symbol_is_listed(reader->elf, &symbol))
		return NULL;
	if (symbol.bad_name)
		reader->bad_names++;
	else if (symbol.long_name)
		reader->long_names++;
	else
		return add(reader, &symbol);
	return NULL;
}

static struct kimg_error *read_symbols(struct reader *reader)
{
	uint64_t values[ELF_SYMTAB_STEP];
	size_t n;

	if (!reader->only_near && !reader->only_wanted)
		TRY(symbols_reserve(reader->symbols, reader->symtab.count));
	for (size_t at = 1; (n = elf_symtab_values(&reader->symtab, at, values)) > 0; at += n)
		for (size_t i = 0; i < n; i++)
			if (!is_left_out(reader, values[i]))
				TRY(read_symbol(reader, at + i));
	return NULL;
}

static void note_damage(const struct reader *reader)
{
	struct kimg_symbols *symbols = reader->symbols;

	if (reader->symtab.cut)
		symbols_note(symbols, true,
			     "the symbol table or its names run past the end of the file");
	if (reader->bad_names)
		symbols_note(symbols, true,
			     "left out: %zu symbols whose names lie outside of the names",
			     reader->bad_names);
	if (reader->long_names)
		symbols_note(symbols, true,
			     "left out: %zu symbols whose names are longer than %d bytes",
			     reader->long_names, SYMBOL_NAME_MAX);
}

/* ---- the banner ---- */

/* By its symbol; else by a search in what is loaded, so that debug sections are not read for it. */
static bool find_banner(const struct reader *reader, struct banner *ret_banner)
{
	enum { LONGEST = 1024, SEGMENTS = 32 };
	struct elf_segment segment;
	uint64_t offset;

	if (reader->has_banner && elf_vaddr_to_offset(reader->elf, reader->banner, &offset) &&
	    banner_find(span_clip(reader->elf->file, offset, LONGEST), ret_banner))
		return true;
	for (uint32_t i = 0; i < SEGMENTS && elf_segment_at(reader->elf, i, &segment); i++)
		if (segment.type == PT_LOAD &&
		    banner_find(elf_segment_bytes(reader->elf, &segment), ret_banner))
			return true;
	return false;
}

static struct kimg_error *read_table(const struct elf *elf,
				     const struct kimg_symbols_options *options, bool only_near,
				     struct kimg_symbols **ret_symbols)
{
	cleanup_symbols struct kimg_symbols *symbols = NULL;
	struct reader reader = { .elf = elf, .options = options, .only_near = only_near };
	struct kimg_error *error;
	struct banner banner;

	TRY(elf_symtab_open(elf, &reader.symtab));
	TRY(symbols_new(KIMG_SYMBOLS_ELF, &symbols));
	symbols->bits = elf->is64 ? 64 : 32;
	/* bfd/elf32-mips.c: elf_backend_sign_extend_vma; so has the System.map of Debian's 6.1 for 4kc-malta. */
	symbols->sign_extended = !elf->is64 && elf->machine == EM_MIPS;
	symbols->names = reader.symtab.names;
	reader.symbols = symbols;
	if (only_near)
		add_near_blocks(&reader);
	error = read_sections(&reader);
	if (!error && options->name_count && !only_near)
		error = elf_wanted_find(&reader.symtab, options, is_visible, &reader,
					&reader.wanted, &reader.only_wanted);
	if (!error)
		error = read_symbols(&reader);
	symbols->selected = only_near || reader.only_wanted;
	elf_wanted_done(&reader.wanted);
	free(reader.sections);
	if (error)
		return error;
	note_damage(&reader);
	if (!only_near && (!reader.only_wanted || reader.has_banner) &&
	    find_banner(&reader, &banner))
		TRY(symbols_set_banner(symbols, &banner));
	*ret_symbols = symbols;
	symbols = NULL;
	return NULL;
}

/*
 * Whether the symbols near the addresses tell what stands there: what lies between a symbol and the next one
 * is near as well, so the answers are those of the whole table.
 */
static bool suffices(struct kimg_symbols *symbols, const struct kimg_symbols_options *options)
{
	for (size_t i = 0; i < options->near_count; i++) {
		const struct kimg_symbol *symbol = kimg_symbols_at(symbols, options->near[i]);

		if (!symbol || kimg_symbol_extent(symbols, symbol) == 0)
			return false;
	}
	return true;
}

/* symbols_finish(), but symbols go where it fails. */
static struct kimg_error *finish(struct kimg_symbols *symbols, uint64_t shift)
{
	struct kimg_error *error = symbols_finish(symbols, shift);

	if (error)
		kimg_symbols_free(symbols);
	return error;
}

/* With more addresses than that it is quicker to read the table as a whole. */
#define NEAR_MAX 64

struct kimg_error *symbols_read_elf(const struct elf *elf,
				    const struct kimg_symbols_options *options,
				    struct kimg_symbols **ret_symbols)
{
	struct kimg_symbols *symbols;

	if (options->near_count && options->near_count <= NEAR_MAX && options->shift == 0) {
		TRY(read_table(elf, options, true, &symbols));
		TRY(finish(symbols, 0));
		if (suffices(symbols, options)) {
			*ret_symbols = symbols;
			return NULL;
		}
		kimg_symbols_free(symbols);
	}
	TRY(read_table(elf, options, false, &symbols));
	TRY(finish(symbols, options->shift));
	*ret_symbols = symbols;
	return NULL;
}

struct kimg_error *symbols_read_elf_unsorted(const struct elf *elf,
					     const struct kimg_symbols_options *options,
					     struct kimg_symbols **ret_symbols)
{
	return read_table(elf, options, false, ret_symbols);
}
