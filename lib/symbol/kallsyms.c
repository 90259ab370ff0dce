/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading the symbols that a kernel carries for itself; kallsyms.h tells what the tables look like. */
#include "symbol/kallsyms.h"
#include "symbol/readers.h"

/* ---- names ---- */

/* Texts of codes are copied this many bytes at a time, most of them at once. */
enum { PIECE = 16 };

struct expander {
	uint8_t pieces[KALLSYMS_TOKENS][PIECE]; /* the starts of the texts */
	uint32_t sizes[KALLSYMS_TOKENS];
	struct span texts[KALLSYMS_TOKENS];
};

static void expander_init(struct expander *expander, const struct kallsyms *k)
{
	memset(expander->pieces, 0, sizeof(expander->pieces));
	for (unsigned int code = 0; code < KALLSYMS_TOKENS; code++) {
		struct span text = k->tokens[code];

		memcpy(expander->pieces[code], text.p, text.n < PIECE ? text.n : PIECE);
		expander->sizes[code] = text.n;
		expander->texts[code] = text;
	}
}

/* Writes the text of codes to p, and up to PIECE bytes behind it. Returns its end. */
static char *expand(const struct expander *expander, struct span codes, char *p)
{
	for (size_t i = 0; i < codes.n; i++) {
		uint8_t code = codes.p[i];
		uint32_t size = expander->sizes[code];

		memcpy(p, expander->pieces[code], PIECE);
		if (size > PIECE)
			memcpy(p, expander->texts[code].p, size);
		p += size;
	}
	return p;
}

/* ---- symbols ---- */

/* The letters of nm(1). */
static bool is_type(char c)
{
	return strchr("ABCDGINRSTUVWabcdginprstuvw?-", c) && c;
}

static uint8_t flags_of(char type, struct span name)
{
	uint8_t flags = 0;

	if (strchr("wWvV", type))
		flags |= KIMG_SYMBOL_WEAK;
	else if (type >= 'A' && type <= 'Z')
		flags |= KIMG_SYMBOL_GLOBAL;
	if (type == 'A' || type == 'a' || symbol_name_is_internal(name))
		flags |= KIMG_SYMBOL_HIDDEN;
	return flags;
}

static struct kimg_error *add_symbols(const struct kallsyms *k, struct kimg_symbols *symbols)
{
	char *p = symbols_alloc(symbols, k->text_size + PIECE), *end;
	struct expander expander;
	uint64_t at = k->names;
	struct span codes;

	if (!p)
		return error_nomem();
	expander_init(&expander, k);
	TRY(symbols_reserve(symbols, k->count));
	for (uint32_t i = 0; i < k->count; i++, p = end) {
		struct kimg_symbol symbol = { .address = kallsyms_address(k, i) };

		if (!kallsyms_next_name(k, &at, k->names_end, &codes))
			break;
		end = expand(&expander, codes, p);
		symbol.type = *p;
		symbol.name = p + 1;
		symbol.name_size = end - p - 1;
		symbol.flags = flags_of(symbol.type, symbol_name(&symbol));
		if (!is_type(symbol.type))
			return error_at(KIMG_E_CORRUPT, at, "kallsyms: a symbol of type 0x%02x",
					(uint8_t)symbol.type);
		TRY(symbols_add(symbols, &symbol));
	}
	return NULL;
}

/* ---- the whole ---- */

static struct kimg_error *find_tables(struct kallsyms *k)
{
	uint64_t contradiction = UINT64_MAX;
	size_t from = 0;

	while (kallsyms_next_tokens(k, &from)) {
		if (kallsyms_find_names(k) && kallsyms_find_addresses(k))
			return NULL;
		contradiction = k->token_table;
		if (!k->budget)
			break;
	}
	if (contradiction != UINT64_MAX)
		return error_at(KIMG_E_CORRUPT, contradiction,
				"kallsyms: no names and addresses that fit this token table");
	return error_new(KIMG_E_NOT_FOUND, "no kallsyms tables found");
}

static struct kimg_error *make_table(struct kallsyms *k, const struct kimg_symbols_options *options,
				     struct kimg_symbols *symbols)
{
	symbols->bits = k->bits;
	TRY(kallsyms_find_base(k, options, symbols));
	TRY(add_symbols(k, symbols));
	if (!k->is_elf && !symbols->has_base)
		kallsyms_find_image_base(k, symbols);
	return symbols_finish(symbols, options->shift);
}

struct kimg_error *symbols_read_kallsyms(struct span kernel,
					 const struct kimg_symbols_options *options,
					 struct kimg_symbols **ret_symbols)
{
	struct kallsyms k = { .kernel = kernel, .budget = (64 << 20) + 4 * (uint64_t)kernel.n };
	cleanup_symbols struct kimg_symbols *symbols = NULL;

	k.is_elf = elf_is(kernel);
	if (k.is_elf)
		TRY(elf_open(kernel, &k.elf));
	TRY(find_tables(&k));
	if (k.text_size > options->limits.output)
		return error_new(KIMG_E_LIMIT, "kallsyms: names of %llu bytes",
				 (unsigned long long)k.text_size);
	TRY(symbols_new(KIMG_SYMBOLS_KALLSYMS, &symbols));
	TRY(make_table(&k, options, symbols));
	*ret_symbols = symbols;
	symbols = NULL;
	return NULL;
}
