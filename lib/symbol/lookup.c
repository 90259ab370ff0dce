/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding symbols: by address, by name, by pattern. */
#include <fnmatch.h>
#include <stdlib.h>
#include <sys/random.h>

#include "symbol/symbols.h"

/* ---- by address ---- */

/* How well people know a symbol by its name, where several stand at one address. */
static int rank(const struct kimg_symbol *symbol)
{
	struct span name = symbol_name(symbol);
	int rank = 0;

	if (!span_starts(name, SPAN_LITERAL("__pfx_")))
		rank += 8;
	if (symbol->size)
		rank += 4;
	if (symbol->flags & KIMG_SYMBOL_GLOBAL)
		rank += 2;
	else if (symbol->flags & KIMG_SYMBOL_WEAK)
		rank += 1;
	return rank;
}

static bool index_places(struct kimg_symbols *symbols)
{
	size_t count = 0;

	if (symbols->places)
		return true;
	symbols->places = reallocarray(NULL, symbols->n + 1, sizeof(*symbols->places));
	symbols->answers = reallocarray(NULL, symbols->n + 1, sizeof(*symbols->answers));
	if (!symbols->places || !symbols->answers) {
		free(symbols->places);
		free(symbols->answers);
		symbols->places = NULL;
		symbols->answers = NULL;
		return false;
	}
	for (size_t i = 0; i < symbols->n; i++) {
		const struct kimg_symbol *symbol = &symbols->all[i];

		if (symbol->flags & KIMG_SYMBOL_HIDDEN)
			continue;
		if (count && symbols->places[count - 1] == symbol->address) {
			if (rank(symbol) > rank(&symbols->all[symbols->answers[count - 1]]))
				symbols->answers[count - 1] = i;
			continue;
		}
		symbols->places[count] = symbol->address;
		symbols->answers[count++] = i;
	}
	symbols->place_count = count;
	return true;
}

/* How many places lie at address or below it. */
static size_t places_up_to(const struct kimg_symbols *symbols, uint64_t address)
{
	size_t low = 0, n = symbols->place_count;

	while (n) {
		size_t half = n / 2;

		if (symbols->places[low + half] <= address) {
			low += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	return low;
}

uint64_t kimg_symbol_extent(struct kimg_symbols *symbols, const struct kimg_symbol *symbol)
{
	size_t next;

	if (!index_places(symbols))
		return 0;
	next = places_up_to(symbols, symbol->address);
	if (next == symbols->place_count ||
	    symbols->all[symbols->answers[next]].module != symbol->module)
		return symbol->size;
	return symbols->places[next] - symbol->address;
}

const struct kimg_symbol *kimg_symbols_at(struct kimg_symbols *symbols, uint64_t address)
{
	const struct kimg_symbol *symbol;
	size_t next;

	if (!index_places(symbols))
		return NULL;
	next = places_up_to(symbols, address);
	if (next == 0)
		return NULL;
	symbol = &symbols->all[symbols->answers[next - 1]];
	if (address != symbol->address &&
	    address - symbol->address >= kimg_symbol_extent(symbols, symbol))
		return NULL;
	return symbol;
}

/* ---- by name ---- */

/* Keyed, so that nobody can make a table whose names all have one hash. */
static uint64_t hash(uint64_t seed, struct span s)
{
	uint64_t h = seed ^ s.n;

	for (; s.n >= 8; s = span_from(s, 8))
		h = (h ^ get_le64(s.p)) * 0x9e3779b97f4a7c15, h ^= h >> 32;
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ s.p[i]) * 0x9e3779b97f4a7c15, h ^= h >> 29;
	return h ^ h >> 31;
}

enum { CHAIN_END = UINT32_MAX };

static bool index_names(struct kimg_symbols *symbols)
{
	uint64_t size = 1024;

	if (symbols->heads)
		return true;
	while (size < symbols->n)
		size *= 2;
	symbols->heads = reallocarray(NULL, size, sizeof(*symbols->heads));
	symbols->nexts = reallocarray(NULL, symbols->n + 1, sizeof(*symbols->nexts));
	if (!symbols->heads || !symbols->nexts) {
		free(symbols->heads);
		free(symbols->nexts);
		symbols->heads = NULL;
		symbols->nexts = NULL;
		return false;
	}
	if (getrandom(&symbols->hash_seed, sizeof(symbols->hash_seed), GRND_NONBLOCK) < 0)
		symbols->hash_seed = (uintptr_t)symbols->heads;
	symbols->hash_mask = size - 1;
	memset(symbols->heads, 0xff, size * sizeof(*symbols->heads));
	for (size_t i = symbols->n; i-- > 0;) { /* backwards, so that chains ascend */
		struct span name = symbol_plain_name(symbol_name(&symbols->all[i]));
		uint32_t *head =
			&symbols->heads[hash(symbols->hash_seed, name) & symbols->hash_mask];

		symbols->nexts[i] = *head;
		*head = i;
	}
	return true;
}

/* The symbols called name itself (exact), or those that have only their plain name in common with it. */
static bool visit_chain(struct kimg_symbols *symbols, struct span name, bool exact, size_t *count,
			bool (*visit)(void *context, const struct kimg_symbol *symbol),
			void *context)
{
	struct span plain = symbol_plain_name(name);
	uint32_t i = symbols->heads[hash(symbols->hash_seed, plain) & symbols->hash_mask];

	for (; i != CHAIN_END; i = symbols->nexts[i]) {
		const struct kimg_symbol *symbol = &symbols->all[i];
		struct span own = symbol_name(symbol);

		if (exact ? !span_equal(own, name)
			  : span_equal(own, name) || !span_equal(symbol_plain_name(own), name))
			continue;
		++*count;
		if (!visit(context, symbol))
			return false;
	}
	return true;
}

size_t kimg_symbols_named(struct kimg_symbols *symbols, const char *name, size_t name_size,
			  bool (*visit)(void *context, const struct kimg_symbol *symbol),
			  void *context)
{
	struct span wanted = span_of(name, name_size);
	size_t count = 0;

	if (!index_names(symbols))
		return 0;
	if (visit_chain(symbols, wanted, true, &count, visit, context))
		visit_chain(symbols, wanted, false, &count, visit, context);
	return count;
}

/* ---- by pattern ---- */

size_t kimg_symbols_matching(const struct kimg_symbols *symbols, const char *pattern,
			     size_t pattern_size,
			     bool (*visit)(void *context, const struct kimg_symbol *symbol),
			     void *context)
{
	cleanup_free char *glob = strndup(pattern, pattern_size);
	char name[SYMBOL_NAME_MAX + 1];
	size_t count = 0;

	for (size_t i = 0; glob && i < symbols->n; i++) {
		const struct kimg_symbol *symbol = &symbols->all[i];

		memcpy(name, symbol->name, symbol->name_size);
		name[symbol->name_size] = '\0';
		if (fnmatch(glob, name, 0) != 0)
			continue;
		count++;
		if (!visit(context, symbol))
			break;
	}
	return count;
}
