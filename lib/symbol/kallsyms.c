/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading the symbols that a kernel carries for itself; kallsyms.h tells what the tables look like. */
#include "kernel/facts.h"
#include "symbol/kallsyms.h"
#include "symbol/readers.h"

/* ---- names ---- */

/* Texts of codes are copied this many bytes at a time, most of them at once. */
enum { PIECE = 16 };

struct expander {
	uint8_t pieces[KALLSYMS_TOKENS][PIECE]; /* the starts of the texts */
	uint16_t sizes[KALLSYMS_TOKENS];
	const struct span *texts;
};

static void expander_init(struct expander *expander, const struct kallsyms *k)
{
	memset(expander->pieces, 0, sizeof(expander->pieces));
	expander->texts = k->tokens;
	for (unsigned int code = 0; code < KALLSYMS_TOKENS; code++) {
		struct span text = k->tokens[code];

		memcpy(expander->pieces[code], text.p, text.n < PIECE ? text.n : PIECE);
		expander->sizes[code] = text.n;
	}
}

/* At least as many bytes as the texts of all codes in names take: lengths count as codes. */
static uint64_t text_size_bound(const struct expander *expander, struct span names)
{
	uint64_t even = 0, odd = 0;
	size_t i = 0;

	for (; i + 1 < names.n; i += 2) {
		even += expander->sizes[names.p[i]];
		odd += expander->sizes[names.p[i + 1]];
	}
	return even + odd + (i < names.n ? expander->sizes[names.p[i]] : 0);
}

/* Writes the text of codes to p, and up to PIECE bytes behind it. Returns its end. */
static char *expand(const struct expander *expander, struct span codes, char *p)
{
	for (const uint8_t *code = codes.p, *end = code + codes.n; code < end; code++) {
		size_t size = expander->sizes[*code];

		memcpy(p, expander->pieces[*code], PIECE);
		if (size > PIECE)
			memcpy(p, expander->texts[*code].p, size);
		p += size;
	}
	return p;
}

/* ---- symbols ---- */

enum { IS_TYPE = 0x80 };

/* Of each letter of nm(1): IS_TYPE and the flags it tells. */
static void types_init(uint8_t types[256])
{
	memset(types, 0, 256);
	for (const char *c = "ABCDGINRSTUabcdginprstu?-"; *c; c++)
		types[(uint8_t)*c] = IS_TYPE | (*c >= 'A' && *c <= 'Z' ? KIMG_SYMBOL_GLOBAL : 0);
	for (const char *c = "WwVv"; *c; c++)
		types[(uint8_t)*c] = IS_TYPE | KIMG_SYMBOL_WEAK;
	types['A'] |= KIMG_SYMBOL_HIDDEN;
	types['a'] |= KIMG_SYMBOL_HIDDEN;
}

/* The symbol whose type and name are text up to end; false where these are none. */
static bool make_symbol(const uint8_t types[256], const char *text, const char *end,
			struct kimg_symbol *symbol)
{
	uint8_t type = types[(uint8_t)*text];

	if (end - text < 2 || end - text > KALLSYMS_NAME_MAX || !type)
		return false;
	symbol->size = 0;
	symbol->name = text + 1;
	symbol->name_size = end - text - 1;
	symbol->section = 0;
	symbol->module = 0;
	symbol->type = *text;
	symbol->flags = type & ~IS_TYPE;
	if (symbol_name_is_internal(symbol_name(symbol)))
		symbol->flags |= KIMG_SYMBOL_HIDDEN;
	return true;
}

/* text has room for all names. */
static struct kimg_error *add_symbols(const struct kallsyms *k, const struct expander *expander,
				      char *text, struct kimg_symbols *symbols)
{
	uint64_t at = k->names, last = 0;
	struct span codes;
	uint8_t types[256];
	char *end;

	types_init(types);
	TRY(symbols_reserve(symbols, k->count));
	for (uint32_t i = 0; i < k->count; i++, text = end) {
		/* in place: symbols_add() of each would take as long as its name does */
		struct kimg_symbol *symbol = &symbols->all[i];

		if (!kallsyms_next_name(k, &at, k->names_end, &codes))
			codes = (struct span){ 0 };
		end = expand(expander, codes, text);
		if (!make_symbol(types, text, end, symbol))
			return error_at(KIMG_E_CORRUPT, at,
					"kallsyms: symbol %u has no proper type or name", i);
		symbol->address = kallsyms_address(k, i);
		symbols->unsorted |= symbol->address < last;
		last = symbol->address;
		symbols->n = i + 1;
	}
	return NULL;
}

static struct kimg_error *read_symbols(const struct kallsyms *k, uint64_t limit,
				       struct kimg_symbols *symbols)
{
	cleanup_blob struct blob text = { 0 };
	struct expander expander;
	uint64_t size;

	expander_init(&expander, k);
	size = text_size_bound(&expander, span_of(k->kernel.p + k->names, k->names_end - k->names));
	blob_init(&text, limit);
	TRY(blob_reserve(&text, size + PIECE));
	text.n = size;
	TRY(add_symbols(k, &expander, (char *)text.p, symbols));
	return symbols_own_blob(symbols, &text);
}

/* ---- the whole ---- */

/* Where the linker puts them, so that not all of the code before it must be searched. */
static size_t likely_start(const struct kallsyms *k)
{
	struct elf_section rodata;

	if (!k->is_elf || !elf_section(&k->elf, ".rodata", &rodata) || rodata.offset > k->kernel.n)
		return 0;
	return rodata.offset;
}

/* kernel/kallsyms.c is built only with CONFIG_KALLSYMS; it alone has the name of /proc/kallsyms. */
static struct kimg_error *not_found(const struct kallsyms *k)
{
	struct banner banner;
	size_t at;

	if (!span_find(k->kernel, 0, SPAN_LITERAL("kallsyms\0"), &at) &&
	    banner_find(k->kernel, &banner))
		return error_new(KIMG_E_NOT_FOUND,
				 "no kallsyms: the kernel was built without CONFIG_KALLSYMS");
	return error_new(KIMG_E_NOT_FOUND, "no kallsyms tables found");
}

static struct kimg_error *find_tables(struct kallsyms *k)
{
	size_t from = likely_start(k);

	if (kallsyms_next_tokens(k, &from) && kallsyms_find_names(k) && kallsyms_find_addresses(k))
		return NULL;
	from = 0;
	while (k->budget && kallsyms_next_tokens(k, &from)) {
		if (kallsyms_find_names(k) && kallsyms_find_addresses(k))
			return NULL;
		k->contradiction = k->token_table;
	}
	if (k->contradiction)
		return error_at(KIMG_E_CORRUPT, k->contradiction,
				"kallsyms: the tables contradict each other");
	return not_found(k);
}

static void note_base(const struct kallsyms *k, struct kimg_symbols *symbols)
{
	uint64_t base = symbols->has_base ? symbols->base : k->base;

	if (k->votes)
		symbols_note(symbols, false, "base address 0x%llx found by a vote of %zu pointers",
			     (unsigned long long)base, k->votes);
	if (k->assumed)
		symbols_note(symbols, false,
			     "base address 0x%llx assumed: kernels for s390 are linked to it",
			     (unsigned long long)base);
}

/* With CONFIG_KALLSYMS_ALL a quarter of the symbols and more are data, else less than one in 500. */
static void note_functions_only(struct kimg_symbols *symbols)
{
	size_t data = 0;

	for (size_t i = 0; i < symbols->n; i++)
		data += strchr("BbDdRrGgSs", symbols->all[i].type) != NULL;
	if (data < symbols->n / 50)
		symbols_note(symbols, false,
			     "functions only: the kernel was built without CONFIG_KALLSYMS_ALL");
}

static struct kimg_error *make_table(struct kallsyms *k, const struct kimg_symbols_options *options,
				     struct kimg_symbols *symbols)
{
	TRY(kallsyms_find_base(k, options, symbols));
	symbols->bits = k->bits;
	TRY(read_symbols(k, options->limits.output, symbols));
	if (!k->is_elf && !symbols->has_base)
		kallsyms_find_image_base(k, symbols);
	note_base(k, symbols);
	note_functions_only(symbols);
	return symbols_finish(symbols, options->shift);
}

struct kimg_error *symbols_read_kallsyms(struct span kernel,
					 const struct kimg_symbols_options *options,
					 struct kimg_symbols **ret_symbols)
{
	struct kallsyms k = { .kernel = kernel, .budget = (16 << 20) + (uint64_t)kernel.n };
	cleanup_symbols struct kimg_symbols *symbols = NULL;

	k.is_elf = elf_is(kernel);
	if (k.is_elf)
		TRY(elf_open(kernel, &k.elf));
	TRY(find_tables(&k));
	if ((uint64_t)k.count * sizeof(struct kimg_symbol) > options->limits.output)
		return error_new(KIMG_E_LIMIT, "kallsyms: %u symbols", k.count);
	TRY(symbols_new(KIMG_SYMBOLS_KALLSYMS, &symbols));
	TRY(make_table(&k, options, symbols));
	*ret_symbols = symbols;
	symbols = NULL;
	return NULL;
}
