/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding symbols: by address, by name, by pattern. */
#include <stdlib.h>

#include "symbol/glob.h"
#include "base/hash.h"
#include "symbol/ksyms.h"
#include "symbol/symbols.h"

/* ---- by address ---- */

static bool ends_in(struct span name, struct span end)
{
	return name.n >= end.n && span_has(name, name.n - end.n, end);
}

/* Names of the bounds of a section or table, which linker scripts make. */
static bool is_bound(struct span name)
{
	return span_starts(name, SPAN_LITERAL("__")) &&
	       (span_starts(name, SPAN_LITERAL("__start_")) ||
		span_starts(name, SPAN_LITERAL("__stop_")) ||
		span_starts(name, SPAN_LITERAL("__end_")) ||
		ends_in(name, SPAN_LITERAL("_start")) || ends_in(name, SPAN_LITERAL("_end")));
}

/*
 * How well people know a symbol by its name, where several stand at one address. The kernel's own choice, which
 * its oopses show, is much the same: not a weak one, not a bound, few underscores (scripts/kallsyms.c,
 * compare_symbols(); the first of equals wins, kernel/kallsyms.c, get_symbol_pos()).
 */
static unsigned int rank(const struct kimg_symbol *symbol)
{
	struct span name = symbol_name(symbol);
	unsigned int rank = 0, underscores = 0;

	if (!span_starts(name, SPAN_LITERAL("__pfx_")))
		rank += 1 << 6;
	if (symbol->size)
		rank += 1 << 5;
	if (!(symbol->flags & KIMG_SYMBOL_WEAK))
		rank += 1 << 4;
	if (!is_bound(name))
		rank += 1 << 3;
	while (underscores < 3 && underscores < name.n && name.p[underscores] == '_')
		underscores++;
	rank += (3 - underscores) << 1;
	if (symbol->flags & KIMG_SYMBOL_GLOBAL)
		rank += 1;
	return rank;
}

static void fill_places(struct kimg_symbols *symbols)
{
	size_t count = 0;

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
}

/*
 * Every STEP-th place again: small enough to stay in the first caches, which halves the time of a search in a
 * kernel's table.
 */
enum { STEP = 16 };

static void fill_steps(struct kimg_symbols *symbols)
{
	size_t count = 0;

	for (size_t i = 0; i < symbols->place_count; i += STEP)
		symbols->steps[count++] = symbols->places[i];
	symbols->step_count = count;
}

static bool index_places(struct kimg_symbols *symbols)
{
	if (symbols->places)
		return true;
	symbols->places = reallocarray(NULL, symbols->n + 1, sizeof(*symbols->places));
	symbols->answers = reallocarray(NULL, symbols->n + 1, sizeof(*symbols->answers));
	symbols->steps = reallocarray(NULL, symbols->n / STEP + 1, sizeof(*symbols->steps));
	if (!symbols->places || !symbols->answers || !symbols->steps) {
		free(symbols->places);
		free(symbols->answers);
		free(symbols->steps);
		symbols->places = symbols->steps = NULL;
		symbols->answers = NULL;
		return false;
	}
	fill_places(symbols);
	fill_steps(symbols);
	return true;
}

/* How many of n addresses are at most address. No branch depends on what is compared: none is mispredicted. */
static size_t count_up_to(const uint64_t *addresses, size_t n, uint64_t address)
{
	const uint64_t *low = addresses;

	while (n > 1) {
		size_t half = n / 2;

		low = low[half - 1] <= address ? low + half : low;
		n -= half;
	}
	return low - addresses + (n && *low <= address);
}

/* How many places lie at address or below it. */
static size_t places_up_to(const struct kimg_symbols *symbols, uint64_t address)
{
	size_t step = count_up_to(symbols->steps, symbols->step_count, address), first, n;

	if (step == 0)
		return 0;
	first = (step - 1) * STEP;
	__builtin_prefetch(&symbols->answers[first]);
	n = symbols->place_count - first;
	return first + count_up_to(symbols->places + first, n < STEP ? n : STEP, address);
}

/* The first symbol at a higher address than that one; NULL where there is none. */
static const struct kimg_symbol *next_of(const struct kimg_symbols *symbols,
					 const struct kimg_symbol *symbol)
{
	enum { NEAR = 16 }; /* a search takes as long */
	const struct kimg_symbol *end = symbols->all + symbols->n, *next = symbol + 1;
	size_t place;

	for (; next < end && next <= symbol + NEAR; next++)
		if (next->address > symbol->address && !(next->flags & KIMG_SYMBOL_HIDDEN))
			return next;
	if (next == end)
		return NULL;
	place = places_up_to(symbols, symbol->address);
	return place < symbols->place_count ? &symbols->all[symbols->answers[place]] : NULL;
}

/* Larger than anything that has one name; a hole between parts of the address space is larger still. */
#define LARGEST_SYMBOL (256ULL << 20)

static bool is_text(const struct kimg_symbol *symbol)
{
	return memchr("tTwWi", symbol->type, 5) != NULL;
}

static uint64_t lesser(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* The parts of modules start and end on pages. Nothing says how long the last function of one is. */
static uint64_t rest_of_pages(const struct kimg_symbol *symbol)
{
	uint64_t size = symbol->size <= LARGEST_SYMBOL ? symbol->size : 0;

	return size + 4096 - ((symbol->address + size) & 4095);
}

/*
 * In a module a function ends with the code at the latest, however far away the data is (kernel/module/
 * kallsyms.c, find_kallsyms_symbol()).
 */
static bool ends_at_next(const struct kimg_symbol *symbol, const struct kimg_symbol *next,
			 uint64_t distance)
{
	return next && next->module == symbol->module && distance <= LARGEST_SYMBOL &&
	       (!symbol->module || is_text(next) >= is_text(symbol));
}

/* known: false where only pages end it, as no symbol follows in its part of the module. */
static uint64_t find_extent(struct kimg_symbols *symbols, const struct kimg_symbol *symbol,
			    bool *ret_known)
{
	const struct kimg_symbol *next;
	uint64_t distance;

	*ret_known = true;
	if (symbol->flags & KIMG_SYMBOL_HIDDEN || !index_places(symbols))
		return symbol->size;
	next = next_of(symbols, symbol);
	/* without a next one, to the end of the address space */
	distance = next ? next->address - symbol->address : -(symbol->address | 1);
	if (ends_at_next(symbol, next, distance))
		return distance;
	*ret_known = !symbol->module;
	return lesser(distance, symbol->module ? rest_of_pages(symbol) : symbol->size);
}

uint64_t kimg_symbol_extent(struct kimg_symbols *symbols, const struct kimg_symbol *symbol)
{
	bool known;

	return find_extent(symbols, symbol, &known);
}

bool kimg_symbol_has_extent(struct kimg_symbols *symbols, const struct kimg_symbol *symbol,
			    uint64_t size)
{
	bool known;
	uint64_t extent = find_extent(symbols, symbol, &known);

	return size == extent || (!known && size >= symbol->size && size < extent);
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

enum { CHAIN_END = UINT32_MAX };

static bool make_index(const struct kimg_symbols *symbols, struct symbols_index *index)
{
	size_t size = symbols->hash_mask + 1;

	index->heads = reallocarray(NULL, size, sizeof(*index->heads));
	index->links = reallocarray(NULL, symbols->n + 1, sizeof(*index->links));
	if (!index->heads || !index->links)
		return false;
	memset(index->heads, 0xff, size * sizeof(*index->heads));
	return true;
}

static void add_to_index(const struct kimg_symbols *symbols, struct symbols_index *index,
			 struct span name, uint32_t symbol)
{
	uint64_t hash = hash_span(symbols->hash_seed, name);
	uint32_t *head = &index->heads[hash & symbols->hash_mask];

	index->links[symbol] = (struct symbols_link){ *head, hash >> 32 };
	*head = symbol;
}

static bool index_names(struct kimg_symbols *symbols)
{
	uint64_t size = 1024;

	if (symbols->by_name.heads)
		return true;
	while (size < symbols->n)
		size *= 2;
	symbols->hash_seed = hash_seed();
	symbols->hash_mask = size - 1;
	if (!make_index(symbols, &symbols->by_name) ||
	    !make_index(symbols, &symbols->by_plain_name)) {
		symbols_index_done(&symbols->by_name);
		symbols_index_done(&symbols->by_plain_name);
		return false;
	}
	for (size_t i = symbols->n; i-- > 0;) { /* backwards, so that chains ascend */
		struct span name = symbol_name(&symbols->all[i]), plain = symbol_plain_name(name);

		add_to_index(symbols, &symbols->by_name, name, i);
		if (plain.n != name.n)
			add_to_index(symbols, &symbols->by_plain_name, plain, i);
	}
	return true;
}

struct visit {
	bool (*visit)(void *context, const struct kimg_symbol *symbol);
	void *context;
	size_t count;
};

static bool visit(struct visit *v, const struct kimg_symbol *symbol)
{
	v->count++;
	return v->visit(v->context, symbol);
}

/* The symbols called name itself (exact), or those that have only their plain name in common with it. */
static bool visit_chain(struct kimg_symbols *symbols, struct span name, bool exact, struct visit *v)
{
	const struct symbols_index *index = exact ? &symbols->by_name : &symbols->by_plain_name;
	uint64_t hash = hash_span(symbols->hash_seed, name);
	uint32_t i = index->heads[hash & symbols->hash_mask];

	for (; i != CHAIN_END; i = index->links[i].next) {
		const struct kimg_symbol *symbol = &symbols->all[i];
		struct span own;

		if (index->links[i].hash != hash >> 32)
			continue;
		own = symbol_name(symbol);
		if (span_equal(exact ? own : symbol_plain_name(own), name) && !visit(v, symbol))
			return false;
	}
	return true;
}

/* visit_chain() without an index. */
static bool visit_all(const struct kimg_symbols *symbols, struct span name, bool exact,
		      struct visit *v)
{
	for (size_t i = 0; i < symbols->n; i++) {
		const struct kimg_symbol *symbol = &symbols->all[i];
		struct span own = symbol_name(symbol);

		if (exact ? own.n != name.n : own.n <= name.n || own.p[name.n] != '.')
			continue;
		if (!span_starts(own, name))
			continue;
		if (!exact && !span_equal(symbol_plain_name(own), name))
			continue;
		if (!visit(v, symbol))
			return false;
	}
	return true;
}

/* An index costs as much as several walks over all symbols, and most runs look up a name or two. */
static bool is_worth_an_index(struct kimg_symbols *symbols)
{
	enum { FEW = 2 };

	return symbols->by_name.heads || symbols->scans++ >= FEW;
}

static bool visit_named(struct kimg_symbols *symbols, struct span name, bool exact, struct visit *v)
{
	return symbols->by_name.heads ? visit_chain(symbols, name, exact, v)
				      : visit_all(symbols, name, exact, v);
}

size_t kimg_symbols_named_exactly(struct kimg_symbols *symbols, const char *name, size_t name_size,
				  bool (*visitor)(void *context, const struct kimg_symbol *symbol),
				  void *context)
{
	struct visit v = { visitor, context, 0 };

	if (!is_worth_an_index(symbols) || index_names(symbols))
		visit_named(symbols, span_of(name, name_size), true, &v);
	return v.count;
}

size_t kimg_symbols_named(struct kimg_symbols *symbols, const char *name, size_t name_size,
			  bool (*visitor)(void *context, const struct kimg_symbol *symbol),
			  void *context)
{
	struct visit v = { visitor, context, 0 };
	struct span wanted = span_of(name, name_size), plain = wanted;

	if (is_worth_an_index(symbols) && !index_names(symbols))
		return 0;
	if (visit_named(symbols, wanted, true, &v))
		visit_named(symbols, wanted, false, &v);
	if (symbols->source == KIMG_SYMBOLS_PROC_KSYMS)
		plain = ksyms_plain_name(wanted);
	if (v.count == 0 && plain.n < wanted.n)
		visit_named(symbols, plain, true, &v);
	return v.count;
}

struct kimg_error *kimg_symbols_index(struct kimg_symbols *symbols)
{
	return index_places(symbols) && index_names(symbols) ? NULL : error_nomem();
}

/* ---- by pattern ---- */

size_t kimg_symbols_matching(const struct kimg_symbols *symbols, const char *pattern,
			     size_t pattern_size,
			     bool (*visitor)(void *context, const struct kimg_symbol *symbol),
			     void *context)
{
	struct visit v = { visitor, context, 0 };

	for (size_t i = 0; i < symbols->n; i++)
		if (glob_matches(span_of(pattern, pattern_size), symbol_name(&symbols->all[i])) &&
		    !visit(&v, &symbols->all[i]))
			break;
	return v.count;
}
