/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_FUZZ_SYMBOLS_H
#define TESTS_FUZZ_SYMBOLS_H

#include <stdlib.h>

#include "symbol/symbols.h"

/* What holds for every table of symbols, whatever it was read from. */

#define FUZZ_ASSERT(what)        \
	do {                     \
		if (!(what))     \
			abort(); \
	} while (0)

struct fuzz_named {
	const struct kimg_symbol *wanted;
	bool found;
};

static inline bool fuzz_visit_named(void *context, const struct kimg_symbol *symbol)
{
	struct fuzz_named *named = context;

	named->found |= symbol == named->wanted;
	return !named->found;
}

/* Each symbol is found by its address, its name and a pattern. */
static inline void fuzz_check_symbol(struct kimg_symbols *symbols, const struct kimg_symbol *symbol)
{
	struct fuzz_named named = { .wanted = symbol }, matched = named;
	const struct kimg_symbol *at = kimg_symbols_at(symbols, symbol->address), *behind;
	uint64_t extent = kimg_symbol_extent(symbols, symbol);
	char pattern[16];
	size_t n = symbol->name_size < 8 ? symbol->name_size : 8;

	kimg_symbols_named(symbols, symbol->name, symbol->name_size, fuzz_visit_named, &named);
	FUZZ_ASSERT(named.found);
	for (size_t i = 0; i < n; i++)
		pattern[i] = strchr("*?[]\\", symbol->name[i]) ? '?' : symbol->name[i];
	pattern[n] = '*';
	kimg_symbols_matching(symbols, pattern, n + 1, fuzz_visit_named, &matched);
	FUZZ_ASSERT(matched.found);
	if (symbol->flags & KIMG_SYMBOL_HIDDEN)
		return;
	FUZZ_ASSERT(at && at->address == symbol->address && !(at->flags & KIMG_SYMBOL_HIDDEN));
	if (at->module != symbol->module || at->size != symbol->size || extent == 0)
		return;
	at = kimg_symbols_at(symbols, symbol->address + extent - 1);
	FUZZ_ASSERT(at && at->address == symbol->address);
	behind = kimg_symbols_at(symbols, symbol->address + extent);
	FUZZ_ASSERT(!behind || behind->address != symbol->address);
}

/* bytes is what names are views of; empty where they may stand elsewhere. */
static inline void fuzz_check_symbols(struct kimg_symbols *symbols, struct span bytes)
{
	enum { ENOUGH = 48 };
	size_t count;
	const struct kimg_symbol *all = kimg_symbols_all(symbols, &count);

	for (size_t i = 0; i < count; i++) {
		const uint8_t *name = (const uint8_t *)all[i].name;

		FUZZ_ASSERT(i == 0 || all[i - 1].address <= all[i].address);
		FUZZ_ASSERT(!bytes.n || all[i].name_size == 0 ||
			    (name >= bytes.p && name + all[i].name_size <= bytes.p + bytes.n));
		FUZZ_ASSERT(!all[i].module || kimg_symbols_module_name(symbols, all[i].module));
		FUZZ_ASSERT(!all[i].section || kimg_symbols_section_name(symbols, all[i].section));
	}
	for (size_t i = 0; i < count; i += 1 + count / ENOUGH)
		fuzz_check_symbol(symbols, &all[i]);
}

#endif
